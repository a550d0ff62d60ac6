import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import { freePorts } from '../support/processes/free-ports.ts';
import { NEEDS_STORE, STORE_PROGRAM } from '../support/replicas/start-store.ts';
import { MAIN } from '../support/run-cli.ts';
import { postChat } from '../support/start-mock.ts';
import { tempFolder } from '../support/temp-folder.ts';

/*
 * No container engine is needed: the commands of the services are run as they stand, with the names of the services and their ports
 * replaced by those of this machine.
 */

const deploy = fileURLToPath(new URL('../../deploy/', import.meta.url));
const read = (path: string) => readFileSync(join(deploy, path), 'utf8');

interface Service {
  readonly image: string;
  readonly command: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  readonly deploy: { readonly replicas: number };
  readonly volumes?: readonly string[];
  readonly healthcheck: { readonly test: readonly string[] };
}

const { services } = parse(read('compose.yaml')) as { services: Record<'store' | 'mock' | 'balancer' | 'prometheus', Service> };
const prometheus = parse(read('prometheus.yml')) as {
  scrape_configs: { dns_sd_configs: { names: string[]; port: number }[]; authorization: { credentials_file: string } }[];
};

test('the compose file names what it mounts, and a balancer for as many replicas as it starts', () => {
  for (const { volumes = [] } of Object.values(services)) {
    for (const volume of volumes.filter((each) => each.startsWith('./'))) expect(read(volume.split(':')[0] ?? '')).not.toBe('');
  }
  expect(read('haproxy.cfg')).toContain(`server-template mock ${services.mock.deploy.replicas} mock:8080 check port 8081`);
  const [{ dns_sd_configs: [found] = [], authorization }] = prometheus.scrape_configs as [(typeof prometheus.scrape_configs)[0]];
  expect(found).toMatchObject({ names: ['mock'], port: 8081 });
  expect(authorization.credentials_file).toBe('/run/secrets/admin_token');
});

test('the chart has the version of the package', () => {
  const { version } = JSON.parse(read('../package.json')) as { version: string };
  expect(parse(read('helm/mock-openai/Chart.yaml'))).toMatchObject({ version, appVersion: version });
});

test('the values of the chart satisfy its schema, which refuses what it does not know', () => {
  const validate = new Ajv().compile(JSON.parse(read('helm/mock-openai/values.schema.json')));
  const values = parse(read('helm/mock-openai/values.yaml')) as Record<string, object>;
  expect([validate(values), validate.errors]).toEqual([true, null]);
  const wrong = [{ replica: 3 }, { replicas: 0 }, { store: { url: 'http://x' } }, { load: { startAt: 'soon' } }, { seed: -1 }];
  expect(wrong.map((one) => validate(one))).toEqual(wrong.map(() => false));
});

test('what the docs set is in the values of the chart', () => {
  const values = parse(read('helm/mock-openai/values.yaml')) as Record<string, unknown>;
  const named = [...read('../docs/deploy.md').matchAll(/--set(?:-file)? '?([\w.]+)=/g)].map(([, path = '']) => path.split('.'));
  expect(named.length).toBeGreaterThan(6);
  for (const [first = '', second] of named) {
    expect(values).toHaveProperty(first);
    if (second !== undefined && first !== 'scenarios') expect(values[first]).toHaveProperty(second);
  }
});

const HAPROXY = spawnSync('haproxy', ['-v']).status === 0;
const NEEDS_BALANCER = HAPROXY ? '' : ' (skipped: haproxy is not installed)';
const TOKEN = 'local';

test.skipIf(STORE_PROGRAM === undefined || !HAPROXY)(
  `three replicas behind a balancer are one mock, whose metrics add up${NEEDS_STORE}${NEEDS_BALANCER}`,
  { timeout: 60_000 },
  async () => {
    const folder = tempFolder({ 'tenth.yaml': 'rules: [ { every: 10, fault: overloaded } ]\n' });
    const [storePort = 0, balancerPort = 0, ...ports] = await freePorts(2 + 2 * services.mock.deploy.replicas);
    await startStore(storePort, folder);
    const replicas = Array.from({ length: services.mock.deploy.replicas }, (_, at) => ({
      api: ports[2 * at] ?? 0,
      admin: ports[2 * at + 1] ?? 0,
    }));
    for (const replica of replicas) await startReplica(replica, { storePort, scenario: join(folder, 'tenth.yaml') });
    await startBalancer(balancerPort, replicas, folder);
    const baseURL = `http://127.0.0.1:${balancerPort}/v1`;
    const statuses = await Promise.all(
      Array.from({ length: 60 }, async (_, n) => {
        const response = await postChat({ baseURL, apiKey: 'sk-any' }, { messages: [{ role: 'user', content: `${n}` }] });
        await response.text();
        return response.status;
      }),
    );
    expect(statuses.filter((status) => status === 503)).toHaveLength(6);
    const served = () => Promise.all(replicas.map(({ admin }) => requestsOf(admin)));
    // That a request is over is told a moment after its answer.
    await expect.poll(async () => (await served()).reduce((sum, count) => sum + count, 0), { timeout: 10_000 }).toBe(60);
    expect((await served()).every((count) => count > 0)).toBe(true);
  },
);

async function startStore(port: number, folder: string): Promise<void> {
  const [, ...flags] = services.store.command;
  const own = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder];
  await said(start(STORE_PROGRAM ?? '', [...flags, ...own]), 'Ready to accept connections');
}

interface Ports {
  readonly api: number;
  readonly admin: number;
}

/** By the command and the variables of its service; it is up when its health check says so. */
async function startReplica({ api, admin }: Ports, { storePort, scenario }: { storePort: number; scenario: string }) {
  const given: Record<string, string> = { ADMIN_TOKEN: TOKEN, SCENARIO: scenario };
  const environment = Object.fromEntries(
    Object.entries(services.mock.environment).map(([name, value]) => [
      name,
      value
        .replace('//store:6379', `//127.0.0.1:${storePort}`)
        .replace(/\$\{(\w+)[:?-][^}]*\}/, (_all, variable: string) => given[variable] ?? ''),
    ]),
  );
  const here = (word: string) => word.replaceAll('8080', String(api)).replaceAll('8081', String(admin));
  const command = services.mock.command.map((word) => here(word).replace('0.0.0.0', '127.0.0.1'));
  await said(start(process.execPath, [MAIN, ...command], environment), '\n');
  const [, program = '', ...words] = services.mock.healthcheck.test;
  expect(program).toBe('node');
  expect(spawnSync(process.execPath, words.map(here)).status).toBe(0);
}

/** By its configuration file, in which the replicas stand by address. */
async function startBalancer(port: number, replicas: readonly Ports[], folder: string): Promise<void> {
  const servers = replicas.map(({ api, admin }, at) => `  server mock${at} 127.0.0.1:${api} check port ${admin} inter 200ms`);
  const config = read('haproxy.cfg')
    .replace('bind :8080', `bind 127.0.0.1:${port}`)
    .replace(/^resolvers engine\n(?: .*\n)+/m, '')
    .replace(/^ {2}server-template .*$/m, servers.join('\n'));
  const file = join(folder, 'haproxy.cfg');
  writeFileSync(file, config);
  expect(spawnSync('haproxy', ['-c', '-q', '-f', file], { encoding: 'utf8' })).toMatchObject({ status: 0 });
  start('haproxy', ['-q', '-f', file]);
  const isUp = () =>
    fetch(`http://127.0.0.1:${port}/`).then(
      () => true,
      () => false,
    );
  while (!(await isUp())) await new Promise((resolve) => setTimeout(resolve, 50));
}

/** As Prometheus reads them. */
async function requestsOf(port: number): Promise<number> {
  const response = await fetch(`http://127.0.0.1:${port}/metrics`, { headers: { authorization: `Bearer ${TOKEN}` } });
  const text = await response.text();
  const counted = [...text.matchAll(/^mock_openai_requests_total\{[^}]*endpoint="chat\.completions"[^}]*\} (\d+)$/gm)];
  return counted.reduce((sum, [, count]) => sum + Number(count), 0);
}

function start(program: string, args: readonly string[], environment: Readonly<Record<string, string>> = {}): ChildProcess {
  const child = spawn(program, args, { env: { ...process.env, ...environment }, stdio: ['ignore', 'pipe', 'pipe'] });
  onTestFinished(() => void child.kill('SIGKILL'));
  return child;
}

async function said(child: ChildProcess, wanted: string): Promise<void> {
  let text = '';
  await new Promise<void>((resolve, reject) => {
    const look = (data: Buffer) => {
      text += data.toString();
      if (text.includes(wanted)) resolve();
    };
    child.stdout?.on('data', look);
    child.stderr?.on('data', look);
    child.once('exit', () => reject(new Error(`it ended: ${text}`)));
  });
}
