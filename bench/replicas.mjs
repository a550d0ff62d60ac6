/*
 * npm run bench:replicas [-- --requests 10000 --clients 50 --out file.json]: what a decision costs a replica and its store, in processor time, beside the same in memory.
 * Needs Linux, and a Redis or a Valkey that is installed.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { createServer } from 'node:net';
import { cpus, loadavg, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const { values } = parseArgs({
  options: {
    requests: { type: 'string', default: '10000' },
    clients: { type: 'string', default: '50' },
    replicas: { type: 'string', default: '0,1,2,3' },
    profile: { type: 'string' },
    out: { type: 'string', default: 'bench/results/replicas.json' },
  },
});
const MAIN = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const STORE = ['valkey-server', 'redis-server'].find((program) => spawnSync(program, ['--version']).status === 0);
if (STORE === undefined) throw new Error('neither valkey-server nor redis-server is installed');
/** Clock ticks of /proc a second. */
const TICKS = Number(spawnSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }).stdout);
const folder = mkdtempSync(join(tmpdir(), 'mock-openai-bench-'));
const scenario = join(folder, 'tenth.yaml');
writeFileSync(scenario, 'rules: [ { every: 10, fault: overloaded } ]\n');
const requests = Number(values.requests);
const clients = Number(values.clients);

print(
  `${cpus().length} cores, load ${loadavg()[0].toFixed(1)}; ${requests} requests of ${clients} clients, one session, one counter`,
);
print('replicas   replica µs/decision   store µs/decision   decisions/s');
const rows = [];
for (const count of values.replicas.split(',').map(Number)) {
  const row = await measure(count);
  rows.push(row);
  const each = row.replicaUs.map((us) => us.toFixed(0)).join(' ');
  print(
    `${count === 0 ? 'in memory' : String(count).padEnd(9)}  ${each.padEnd(20)}  ${row.storeUs.toFixed(0).padEnd(18)}  ${row.perSecond.toFixed(0)}`,
  );
}
mkdirSync(dirname(values.out), { recursive: true });
writeFileSync(values.out, `${JSON.stringify({ requests, clients, load: loadavg()[0], rows }, null, 2)}\n`);
rmSync(folder, { recursive: true, force: true });

/** All decisions by so many replicas; 0: by one mock without a store. */
async function measure(count) {
  const port = await freePort();
  const store = spawn(STORE, ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--dir', folder], { stdio: 'ignore' });
  await new Promise((resolve) => setTimeout(resolve, 500));
  const mocks = [];
  try {
    for (let n = 0; n < Math.max(1, count); n++)
      mocks.push(await startMock(count === 0 ? [] : ['--store', `redis://127.0.0.1:${port}`]));
    await drive(mocks, Math.ceil(requests / 5));
    const before = [store, ...mocks.map(({ child }) => child)].map(cpuUs);
    const from = performance.now();
    await drive(mocks, requests);
    const seconds = (performance.now() - from) / 1_000;
    // What is told of the last requests belongs to them.
    await new Promise((resolve) => setTimeout(resolve, 300));
    const after = [store, ...mocks.map(({ child }) => child)].map(cpuUs);
    const [storeUs, ...replicaUs] = after.map((us, at) => (us - before[at]) / requests);
    return { replicas: count, replicaUs, storeUs, perSecond: requests / seconds };
  } finally {
    for (const { child } of mocks) {
      const ended = new Promise((resolve) => child.once('exit', resolve));
      child.kill('SIGTERM');
      await ended;
    }
    store.kill('SIGKILL');
  }
}

async function startMock(flags) {
  const profile = values.profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${values.profile}`];
  const args = [...profile, MAIN, 'serve', '--port', '0', '--scenario', scenario, '--quiet', ...flags];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise((resolve) => child.stdout.once('data', (data) => resolve(String(data).split('\n', 1)[0])));
  return { child, origin: new URL(line).origin };
}

/** Each client asks again when it is answered, of one replica after the other. */
async function drive(mocks, total) {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  let next = 0;
  const client = async () => {
    while (next < total) {
      const n = next++;
      await ask(agent, mocks[n % mocks.length].origin, n);
    }
  };
  await Promise.all(Array.from({ length: clients }, client));
  agent.destroy();
}

function ask(agent, origin, n) {
  const body = JSON.stringify({ model: 'gpt-4o-mini', messages: [{ role: 'user', content: `Tell me, ${n}` }] });
  const headers = {
    authorization: 'Bearer sk-bench',
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(body),
  };
  return new Promise((resolve, reject) => {
    const asked = request(`${origin}/v1/chat/completions`, { method: 'POST', agent, headers }, (response) => {
      response.resume();
      response.once('end', resolve);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** What a process has used, in microseconds. */
function cpuUs({ pid }) {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ');
  return ((Number(fields[11]) + Number(fields[12])) / TICKS) * 1e6;
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function print(line) {
  process.stdout.write(`${line}\n`);
}
