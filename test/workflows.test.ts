import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { parse } from 'yaml';

const root = fileURLToPath(new URL('..', import.meta.url));
const folder = join(root, '.github/workflows');
const { scripts, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  scripts: Record<string, string>;
  version: string;
};

interface Workflow {
  readonly jobs: Readonly<
    Record<string, { strategy?: { matrix: Record<string, unknown[]> }; steps: { run?: string; with?: Record<string, string> }[] }>
  >;
}

const workflows = new Map(
  readdirSync(folder).map((name) => [name, parse(readFileSync(join(folder, name), 'utf8')) as Workflow] as const),
);

/** Every command of a workflow. */
function commands({ jobs }: Workflow): string[] {
  return Object.values(jobs).flatMap(({ steps }) =>
    steps.flatMap(({ run, with: inputs = {} }) =>
      [run, inputs['version'], inputs['publish']].filter((line) => line !== undefined),
    ),
  );
}

test('the hosted workflow runs all tests on Node 20, 22 and 24', () => {
  const job = workflows.get('ci.yml')?.jobs['test'];
  expect(job?.strategy?.matrix).toEqual({ node: [20, 22, 24] });
  expect(job?.steps.map(({ run }) => run)).toContain('.ci/run');
});

test.each([...workflows])('what %s runs exists', (_name, workflow) => {
  const lines = commands(workflow);
  expect(lines.length).toBeGreaterThan(1);
  for (const line of lines) {
    const [, script] = /^npm run (\S+)/.exec(line) ?? [];
    if (script !== undefined) expect(Object.keys(scripts)).toContain(script);
    if (line.startsWith('.')) expect(existsSync(join(root, line)), line).toBe(true);
    for (const filter of line.match(/\btest\/\S+/g) ?? [])
      expect(existsSync(join(root, filter)) || existsSync(join(root, `${filter}.test.ts`)), filter).toBe(true);
  }
});

test('the changelog begins with what is not released yet, or with the version of the package', () => {
  const [, first] = /^## (.*)$/m.exec(readFileSync(join(root, 'CHANGELOG.md'), 'utf8')) ?? [];
  expect(['Unreleased', version]).toContain(first);
});
