import { fileURLToPath } from 'node:url';
import { cruise, type ICruiseResult } from 'dependency-cruiser';
import { expect, test } from 'vitest';
import { cruiseOptions, forbidden } from './architecture-rules.ts';
import { tempFolder } from './support/temp-folder.ts';

async function cruiseSource(baseDir: string): Promise<{ total: number; violations: string[] }> {
  const { output } = await cruise(['src'], {
    ...cruiseOptions,
    baseDir,
    ruleSet: { forbidden },
    validate: true,
  });
  const { summary } = output as ICruiseResult;
  return {
    total: summary.totalCruised,
    violations: summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`),
  };
}

test('imports point one way, without cycles', async () => {
  const { total, violations } = await cruiseSource(fileURLToPath(new URL('..', import.meta.url)));
  expect(total).toBeGreaterThan(100);
  expect(violations).toEqual([]);
}, 180_000);

test.each([
  ['core imports Node', { 'src/core/a.ts': "import 'node:fs';" }, 'core-imports-no-node'],
  [
    'core imports what is above it',
    { 'src/core/a.ts': "import '../session/b.ts';", 'src/session/b.ts': '' },
    'core-imports-only-core',
  ],
  [
    'a stage imports a later one',
    {
      'src/core/openai/a.ts': "import '../plan/b.ts';",
      'src/core/plan/b.ts': '',
    },
    'openai-imports-only-what-comes-before-it',
  ],
  [
    'a policy imports the judge',
    { 'src/core/policy/a.ts': "import '../backoff/b.ts';", 'src/core/backoff/b.ts': '' },
    'policy-imports-only-what-comes-before-it',
  ],
  [
    'the session imports the server',
    { 'src/session/a.ts': "import '../server/b.ts';", 'src/server/b.ts': '' },
    'session-imports-only-what-comes-before-it',
  ],
  [
    'the server imports a fault',
    {
      'src/server/a.ts': "import '../core/faults/b.ts';",
      'src/core/faults/b.ts': '',
    },
    'server-knows-no-fault',
  ],
  [
    'a report imports the page at once',
    { 'src/report/a.ts': "import './html/b.ts';", 'src/report/html/b.ts': '' },
    'the-page-is-loaded-when-first-written',
  ],
  [
    'two files import each other',
    {
      'src/core/a.ts': "import './b.ts';",
      'src/core/b.ts': "import './a.ts';",
    },
    'no-cycles',
  ],
])('it is noticed when %s', async (_what, files, rule) => {
  const sources = Object.entries(files).map(([file, text]) => [file, `${text}\nexport {};\n`]);
  const folder = tempFolder(Object.fromEntries(sources));
  const { violations } = await cruiseSource(folder);
  expect(violations.some((violation) => violation.startsWith(`${rule}: `))).toBe(true);
});
