import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { historiesOf } from '../../core/backoff/history/history.ts';
import type { BackoffRule } from '../../core/backoff/kit/rule.ts';
import { backoffRules } from '../../core/backoff/registry.ts';
import { strictly } from '../../core/backoff/verdict/strictly.ts';
import type { Verdict } from '../../core/backoff/verdict/verdict.ts';
import { policyOf } from '../../core/policy/policy-of.ts';
import type { PolicySpec } from '../../core/policy/policy-schema.ts';
import { type Baseline, baselineOf, parseBaseline, type Regression, regressionsSince } from '../../core/report/baseline.ts';
import { renderAdvice, renderConformance } from '../../core/report/conformance.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { unknownName } from '../../core/schema/fields.ts';
import { commandDriver } from '../../harness/command-driver.ts';
import type { Driver } from '../../harness/driver.ts';
import { guardGroups } from '../../harness/group-guard.ts';
import { moduleDriver } from '../../harness/module-driver.ts';
import { type ProbeRun, type Progress, runProbes } from '../../harness/run-probes.ts';
import { makeFolder } from '../../report/make-folder.ts';
import { packageVersion } from '../../report/package-version.ts';
import { systemReason } from '../../report/system-reason.ts';
import { readingFailure } from '../../scenario-files/reading-failure.ts';
import type { MockServer } from '../../server/start.ts';
import { loadPolicy } from '../../session/load-policy.ts';
import { clientEnvironment } from '../options/client-environment.ts';
import { UsageError } from '../options/usage-error.ts';
import { deliverReports, prepareReports, type ReportTargets } from '../output/deliver-reports.ts';
import { exitCode, exitCodeOf } from '../output/exit-code.ts';
import { leftBehindNotes } from '../output/left-behind-notes.ts';
import { driveClients } from '../process/drive-clients.ts';
import { judgedBounds } from '../process/judged-bounds.ts';
import { LOOPBACK, startFromCli } from '../process/start-from-cli.ts';

export interface ProbeOptions extends ReportTargets {
  readonly client?: string;
  readonly command?: string;
  readonly full?: boolean;
  readonly only?: readonly string[];
  readonly policy?: string;
  readonly seed: number;
  readonly processes?: number;
  readonly strict?: boolean;
  readonly baseline?: string;
  readonly saveBaseline?: string;
}

/** Client processes of a module. */
const DEFAULT_PROCESSES = 4;

/** Provokes every rule of good retrying, one by one, and prints what the client did. */
export async function probe(options: ProbeOptions): Promise<number> {
  const rules = rulesOf(options.only);
  const policy = options.policy === undefined ? undefined : loadPolicy(options.policy);
  const baseline = options.baseline === undefined ? undefined : readBaseline(options.baseline);
  prepareReports(options);
  const server = await startFromCli({
    source: { file: 'probe', data: { name: 'probe' } },
    seed: options.seed,
    host: LOOPBACK,
    port: 0,
    bounds: judgedBounds,
  });
  return driveClients(server, async ({ signal, attach }) => {
    let leftBehind = 0;
    const driver = await driverOf(options, server, { signal, onLeftBehind: () => (leftBehind += 1) });
    attach(driver);
    const run = await runProbes({
      server,
      driver,
      rules: enabled(rules, policy),
      policy: policyOf(...(policy === undefined ? [] : [policy])),
      seed: options.seed,
      full: options.full ?? false,
      named: options.only !== undefined,
      signal,
      onProgress: showProgress,
    });
    clearProgress();
    for (const note of leftBehindNotes(leftBehind)) process.stderr.write(`${note}\n`);
    return await tell(run, options, baseline);
  });
}

function enabled(rules: readonly BackoffRule[], policy: PolicySpec | undefined): readonly BackoffRule[] {
  const levels: Readonly<Record<string, unknown>> = policy?.rules ?? {};
  return rules.filter(({ id }) => levels[id] !== 'off');
}

interface Driving {
  readonly signal: AbortSignal;
  onLeftBehind(): void;
}

async function driverOf(options: ProbeOptions, server: MockServer, { signal, onLeftBehind }: Driving): Promise<Driver> {
  const { now } = server.engine.clock;
  const { client, command } = options;
  if (client !== undefined && command === undefined)
    return moduleDriver({ module: client, processes: options.processes ?? DEFAULT_PROCESSES, signal, now });
  if (command === undefined || client !== undefined) throw new UsageError('probe takes one of --client and --command');
  const guard = await guardGroups();
  const driver = commandDriver({
    command,
    onGroup: guard.note,
    onLeftBehind,
    environment: ({ baseURL, apiKey, prompt, stream, callId }) => ({
      ...clientEnvironment({}, { origin: baseURL.replace(/\/v1$/, ''), apiKey }),
      MOCK_OPENAI_PROMPT: prompt,
      MOCK_OPENAI_STREAM: stream ? '1' : '',
      MOCK_OPENAI_CALL: callId,
    }),
  });
  return {
    ...driver,
    // A start is all CPU: more at once would start none earlier, and make the mock wait, too.
    startsAtOnce: options.processes ?? availableParallelism(),
    async close() {
      await driver.close();
      guard.close();
    },
  };
}

/** The rules of `--only`, in the order of the catalogue; all without it. */
function rulesOf(only: readonly string[] | undefined): readonly BackoffRule[] {
  if (only === undefined || only.length === 0) return backoffRules;
  const known: readonly string[] = backoffRules.map(({ id }) => id);
  const wanted = only.flatMap((list) => list.split(',')).map((id) => id.trim().replaceAll('-', '_'));
  const unknown = wanted.filter((id) => !known.includes(id));
  if (unknown.length > 0) throw new UsageError(unknown.map((id) => unknownName('rule', id, known)).join('\n'));
  return backoffRules.filter(({ id }) => wanted.includes(id));
}

async function tell(run: ProbeRun, options: ProbeOptions, baseline: Baseline | undefined): Promise<number> {
  const { entries, interrupted } = run;
  const worse = baseline === undefined ? [] : regressionsSince(baseline, run.verdict);
  const verdict = asAsked(run.verdict, worse, options.strict ?? false);
  const input: ReportInput = { verdict, entries, histories: historiesOf(entries), outages: [], version: packageVersion() };
  process.stdout.write(entries.length === 0 || isUnserved(input) ? '' : tableOf(verdict));
  process.stdout.write(`${verdict.verdict.toUpperCase()}  ${verdict.explain}\n`);
  await deliverReports(options, input);
  if (options.saveBaseline !== undefined && !interrupted) saveBaseline(options.saveBaseline, baselineOf(verdict));
  if (baseline === undefined || verdict.verdict === 'inconclusive') return exitCodeOf(verdict);
  if (worse.length === 0 && !interrupted) process.stdout.write('nothing is worse than the baseline\n');
  const undecided = options.strict === true && verdict.counts.inconclusive > 0;
  return worse.length > 0 || interrupted || undecided ? exitCode.failed : exitCode.pass;
}

/** The verdict, held against the baseline and to what is undecided. */
function asAsked(verdict: Verdict, worse: readonly Regression[], strict: boolean): Verdict {
  if (worse.length === 0) return strict ? strictly(verdict) : verdict;
  const explain = `worse than the baseline: ${worse.map(regressionText).join(', ')}; ${verdict.explain}`;
  return { ...verdict, verdict: 'fail', explain };
}

/** Whether the client asked for nothing but what is not served: no rule has anything to say then. */
function isUnserved({ entries }: ReportInput): boolean {
  return entries.length > 0 && entries.every(({ unserved }) => unserved);
}

/** The table, and below it what to change. Of a client that sent nothing at all, every row would say so. */
function tableOf({ findings }: Verdict): string {
  const inOrder = backoffRules.flatMap(({ id }) => findings.filter(({ rule }) => rule === id));
  const width = process.stdout.columns || 120;
  return [renderConformance(inOrder, { width }), renderAdvice(inOrder, { width }), '']
    .filter((part, at) => part !== '' || at === 2)
    .join('\n');
}

function regressionText({ rule, was, is }: Regression): string {
  return `${rule} (${was} → ${is})`;
}

function readBaseline(path: string): Baseline {
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    throw new UsageError(`cannot read the baseline ${path}: ${readingFailure(error)}`);
  }
  const baseline = parseBaseline(text);
  if (baseline === undefined)
    throw new UsageError(`${path} is no baseline: expected what --save-baseline writes, { "rules": { … } }`);
  return baseline;
}

function saveBaseline(path: string, rules: Baseline): void {
  try {
    makeFolder(dirname(path));
    writeFileSync(path, `${JSON.stringify({ rules }, null, 2)}\n`);
  } catch (error) {
    throw new UsageError(`cannot write the baseline to ${path}: ${systemReason(error)}`);
  }
}

const CLEAR_LINE = '\r\u001b[K';

function showProgress({ done, of, leftMs }: Progress): void {
  if (!process.stderr.isTTY) return;
  const left = leftMs === undefined ? '' : `, at most ${Math.ceil(leftMs / 1_000)} s left`;
  process.stderr.write(`${CLEAR_LINE}${done} of ${of} situations seen${left}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write(CLEAR_LINE);
}
