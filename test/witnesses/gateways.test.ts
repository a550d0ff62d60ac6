import { existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Finding } from '../../src/core/backoff/kit/finding.ts';
import { expectSections, table } from '../support/page-sections.ts';
import { pageText } from '../support/pages.ts';
import { runCli } from '../support/run-cli.ts';
import { CASES, GATEWAYS, type GatewayCase, LIMITED } from './gateways/cases.ts';
import { installLitellm, installPortkey } from './gateways/installed.ts';
import { pythonOf } from './installed-packages.ts';

/*
 * What the verdict says of real gateways: the table of docs/failover.md, cell by cell. With `--update` it is written anew, as
 * after a newer version of a gateway.
 */

const PAGE = 'docs/failover.md';
const SECTION = 'what gateways do';
const COLUMNS = ['fails_over', 'breaker_opens', 'returns_to_primary', 'cools_down_key', 'never_early'] as const;
const HEAD = ['scenario', 'gateway', 'settings', 'calls answered', 'exit code', ...COLUMNS.map((rule) => `\`${rule}\``)];
/** Most of their time the programs wait. */
const AT_ONCE = 4;

interface Judged {
  readonly exitCode: number | null;
  readonly answered: string;
  readonly calls: number;
  readonly findings: ReadonlyMap<string, Pick<Finding, 'verdict' | 'explain'>>;
  readonly attempts: readonly number[];
}

type Program = GatewayCase['program'];

const here = (name: string) => fileURLToPath(new URL(`gateways/${name}`, import.meta.url));
const keyOf = ({ program, scenario, name }: GatewayCase) => `${program} · ${scenario} · ${name}`;

let folder = '';
/** How the cases were judged, and why those of a program could not be run. */
const judged = new Map<string, Judged>();
const missing = new Map<Program, string | undefined>();

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'gateways-'));
  writeFileSync(join(folder, 'limited.yaml'), JSON.stringify(LIMITED));
  const limit = pLimit(AT_ONCE);
  const runAll = async (program: Program, reason: string | undefined) => {
    missing.set(program, reason);
    if (reason !== undefined) return;
    const own = CASES.filter((each) => each.program === program);
    await Promise.all(own.map((each) => limit(async () => void judged.set(keyOf(each), await judge(each)))));
  };
  await Promise.all([
    installPortkey(folder).then((reason) => runAll('portkey', reason)),
    installLitellm(join(folder, 'python')).then((reason) => runAll('litellm', reason)),
  ]);
}, 400_000);

// Thousands of files.
afterAll(() => rm(folder, { recursive: true, force: true }), 60_000);

/** Runs the program of a case under its scenario. */
async function judge(each: GatewayCase): Promise<Judged> {
  const { program, name, scenario } = each;
  const report = join(folder, 'reports', keyOf(each));
  mkdirSync(report, { recursive: true });
  const command =
    program === 'portkey' ? [process.execPath, here('portkey.mjs')] : [pythonOf(join(folder, 'python')), here('router.py')];
  const { code, stdout, stderr } = await runCli(
    ['run', '--scenario', scenario, '--report', report, '--', ...command, name],
    folder,
    {
      LITELLM_LOCAL_MODEL_COST_MAP: 'True',
    },
  );
  const [, said] = /^ANSWERED (.*)$/m.exec(stdout) ?? [];
  const file = join(report, 'report.json');
  if (said === undefined || !existsSync(file)) throw new Error(`${keyOf(each)} ended early: ${stderr.slice(-2_000)}`);
  const { answered, calls } = JSON.parse(said) as { answered: number; calls: number };
  const { verdict, calls: told } = JSON.parse(readFileSync(file, 'utf8'));
  return {
    exitCode: code,
    answered: answered === calls ? 'all' : answered === 0 ? 'none' : 'not all',
    calls,
    findings: new Map((verdict.findings as Finding[]).map((finding) => [finding.rule, finding])),
    attempts: (told as { attempts: unknown[] }[]).map(({ attempts }) => attempts.length),
  };
}

function rowOf(each: GatewayCase): readonly string[] {
  const { scenario, program, settings } = each;
  const start = [`\`${scenario.replace('.yaml', '')}\``, GATEWAYS[program].shown, settings];
  const found = judged.get(keyOf(each));
  if (found === undefined) return rowOnPage(start);
  const cellOf = (rule: string) => {
    const verdict = found.findings.get(rule)?.verdict ?? 'not judged';
    return verdict === 'not_applicable' ? '' : verdict === 'fail' ? 'FAIL' : verdict;
  };
  return [...start, found.answered, String(found.exitCode), ...COLUMNS.map(cellOf)];
}

/** A row of the page as it is, of a gateway that could not be run. */
function rowOnPage(start: readonly string[]): readonly string[] {
  const line =
    pageText(PAGE)
      .split('\n')
      .find((text) => text.startsWith(`| ${start.join(' | ')} |`)) ?? '';
  return line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());
}

test('the table of the page is what the verdict says of gateways', async () => {
  await expectSections(PAGE, { [SECTION]: table(HEAD, CASES.map(rowOf)) });
});

test.for(CASES)('$program, $scenario: $name: each call is recognised as one call', (each, context) => {
  const reason = missing.get(each.program);
  if (reason !== undefined) return context.skip(reason);
  const { calls, attempts = [] } = judged.get(keyOf(each)) ?? {};
  expect(attempts).toHaveLength(calls ?? Number.NaN);
});

test.for(CASES)('$program, $scenario: $name: a verdict that fails names what the program did', (each, context) => {
  const reason = missing.get(each.program);
  if (reason !== undefined) return context.skip(reason);
  const { exitCode, findings = new Map() } = judged.get(keyOf(each)) ?? {};
  const broken = [...findings].filter(([, finding]) => finding.verdict === 'fail').map(([rule]) => rule);
  expect(broken.length > 0).toBe(exitCode === 1);
  expect(broken.filter((rule) => !COLUMNS.includes(rule))).toEqual([]);
});
