import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { runCli, startCli } from '../support/run-cli.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { installFromNpm } from './installed-packages.ts';

const chart = fileURLToPath(new URL('../../deploy/helm/mock-openai', import.meta.url));
const FLEET = fileURLToPath(new URL('../../examples/fleets/jitter.mjs', import.meta.url));
/** The one that is installed, or made by Go, which takes minutes. */
const HELM_MODULE = 'helm.sh/helm/v3/cmd/helm@v3.16.4';
const MODELS = 'kubernetes-models@5.1.0';
/** A helm that Go made takes itself for an old cluster. */
const CLUSTER = ['--kube-version', '1.33.0'];

interface Resource {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly spec: { readonly template: { readonly spec: { readonly containers: { readonly args: string[] }[] } } };
}

const isThere = (program: string, flag: string) => spawnSync(program, [flag]).status === 0;
const WHY_SKIPPED = isThere('helm', 'version') || isThere('go', 'version') ? '' : ' (skipped: neither helm nor go is installed)';

const LOAD = ['load.enabled=true', 'load.client=export default 1', 'load.startAt=2026-12-01T10:00:00Z'];
const VARIANTS: Readonly<Record<string, readonly string[]>> = {
  'the values as they are': [],
  'one replica without a store': ['store.deploy=false', 'replicas=1', 'scenario='],
  'a store of the user': ['store.url=redis://u:p@store:6379/1', 'seed=7'],
  'secrets of the user': ['store.existingSecret=mine', 'admin.existingSecret=mine'],
  'a store without a volume': ['store.size='],
  'scenarios of the user': ['scenarios.outage=rules: []', 'scenario=outage', 'admin.token=t'],
  'peers of the admin port': ['admin.token=t', 'admin.from[0].namespaceSelector.matchLabels.name=monitoring'],
  'a load': LOAD,
  'a load with its reports on a claim': [...LOAD, 'load.reportsClaim=reports', 'load.shared=false'],
};

describe.skipIf(WHY_SKIPPED !== '')(`the Helm chart${WHY_SKIPPED}`, () => {
  const folder = mkdtempSync(join(tmpdir(), 'mock-openai-chart-'));
  let helm = 'helm';
  let whyNoModels: string | undefined;

  beforeAll(async () => {
    if (!isThere('helm', 'version')) {
      execFileSync('go', ['install', HELM_MODULE], { env: { ...process.env, GOBIN: folder }, stdio: 'ignore' });
      helm = join(folder, 'helm');
    }
    whyNoModels = await installFromNpm(folder, [MODELS]);
  }, 1_200_000);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const render = (sets: readonly string[]) =>
    spawnSync(helm, ['template', 'mock', chart, ...CLUSTER, ...sets.flatMap((set) => ['--set', set])], { encoding: 'utf8' });
  const resourcesOf = (sets: readonly string[]): Resource[] => {
    const { stdout, stderr, status } = render(sets);
    expect([status, stderr]).toEqual([0, '']);
    return parseAllDocuments(stdout).flatMap((document) => (document.toJS() as Resource | null) ?? []);
  };
  const argsOf = (kind: string, sets: readonly string[]) => {
    const found = resourcesOf(sets).find((resource) => resource.kind === kind);
    return found?.spec.template.spec.containers[0]?.args ?? [];
  };

  test('is without a complaint of helm', () => {
    const { status, stdout } = spawnSync(helm, ['lint', '--strict', chart, '--set', LOAD.join(',')], { encoding: 'utf8' });
    expect([status, stdout]).toEqual([0, expect.stringContaining('0 chart(s) failed')]);
  });

  test.each(Object.entries(VARIANTS))('is of valid resources: %s', async (_name, sets) => {
    const resources = resourcesOf(sets);
    expect(resources.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['Deployment', 'Service', 'NetworkPolicy']));
    if (whyNoModels !== undefined) return expect(whyNoModels).toBe('no registry of npm answers');
    for (const resource of resources) {
      const file = join(folder, 'node_modules/kubernetes-models', resource.apiVersion, 'index.js');
      const models = (await import(pathToFileURL(file).href)) as Record<string, new (json: Resource) => { validate(): void }>;
      const Model = models[resource.kind];
      if (Model === undefined) throw new Error(`there is no ${resource.kind} in ${resource.apiVersion}`);
      expect(() => new Model(resource).validate(), `${resource.kind} ${resource.metadata.name}`).not.toThrow();
    }
  });

  test('has no pod that may write to its image, or is root, or has rights', () => {
    const pods = resourcesOf([...LOAD, 'admin.token=t']).filter(({ spec }) => spec?.template !== undefined);
    expect(pods.map(({ kind }) => kind).sort()).toEqual(['Deployment', 'Job', 'StatefulSet']);
    for (const { spec } of pods) {
      expect(spec.template.spec).toMatchObject({ automountServiceAccountToken: false, securityContext: { runAsNonRoot: true } });
      expect(spec.template.spec.containers[0]).toMatchObject({
        securityContext: { readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } },
      });
    }
  });

  test('refuses several replicas without a store, and values that it does not know', () => {
    expect(render(['store.deploy=false']).stderr).toContain('several replicas need a store');
    expect(render(['replica=2']).stderr).toContain('Additional property replica is not allowed');
    expect(render(['load.enabled=true']).stderr).toContain('load.client is the text of the module');
  });

  test('starts a mock whose flags it takes', async () => {
    const args = argsOf('Deployment', ['seed=7']).map((arg) =>
      arg.replace('0.0.0.0', '127.0.0.1').replace(/(port)=\d+$/, '$1=0'),
    );
    const server = await startCli(args);
    await server.printed('scenario flaky, seed 7');
    expect((await server.stop()).code).toBe(0);
  });

  test('makes a load whose shards are one', async () => {
    const cwd = tempFolder();
    const flags = ['load.startAt=', 'load.reportsClaim=reports', 'load.shards=2', 'load.flags={--at-once,6,--processes,1}'];
    const args = argsOf('Job', [...LOAD, ...flags]);
    const shards = ['0', '1'].map((index) => {
      const here = args.map((arg) =>
        arg.replace('/client/client.mjs', FLEET).replace('/reports/', `${cwd}/`).replace('$(JOB_COMPLETION_INDEX)', index),
      );
      return runCli(here, cwd, { JOB_COMPLETION_INDEX: index, MOCK_OPENAI_SHARDS: '2' });
    });
    await Promise.all(shards);
    const files = ['shard-0/report.json', 'shard-1/report.json'];
    const { stdout } = await runCli(['compare', ...files, '--merge', 'whole.json'], cwd);
    expect(stdout).toMatch(/in all .* of 6/);
  });
});
