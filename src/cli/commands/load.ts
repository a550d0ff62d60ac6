import type { ClientOutcome } from '../../core/backoff/kit/rule-evidence.ts';
import { evidenceOf, findingsOf, verdictOf } from '../../core/backoff/verdict/judge.ts';
import { strictly } from '../../core/backoff/verdict/strictly.ts';
import type { Verdict } from '../../core/backoff/verdict/verdict.ts';
import type { JournalEntry } from '../../core/journal/entry.ts';
import { loadFindings } from '../../core/load/load-findings.ts';
import { type LoadReport, loadReportOf } from '../../core/load/load-report.ts';
import type { LoadRun } from '../../core/load/load-run.ts';
import { loadVerdict } from '../../core/load/load-verdict.ts';
import { withoutContradiction } from '../../core/load/without-contradiction.ts';
import type { PolicySpec } from '../../core/policy/policy-schema.ts';
import { renderJson } from '../../core/report/json.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { clientKey } from '../../exchange/client-key.ts';
import { clientPath } from '../../harness/client-path.ts';
import { ClientError } from '../../harness/driver.ts';
import { type ClientSource, ORIGIN } from '../../harness/load-message.ts';
import { LOAD_ENTRIES, RunningLoad } from '../../harness/run-load.ts';
import { fileSource, scenarioPath } from '../../scenario-files/load-scenario.ts';
import type { MockServer } from '../../server/start.ts';
import { loadPolicy, sessionPolicy } from '../../session/load-policy.ts';
import { onUnservedUrl } from '../../session/on-unserved-url.ts';
import { clientEnvironment } from '../options/client-environment.ts';
import { type LoadFlags, loadPlanOf, rate, span } from '../options/load-options.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode, exitCodeOf } from '../output/exit-code.ts';
import { showLoadProgress } from '../output/load-progress.ts';
import { PartialReport } from '../output/partial-report.ts';
import { printVerdict } from '../output/print-verdict.ts';
import { publishToGitHub } from '../output/publish-to-github.ts';
import { prepareReports, type ReportTargets, writeRequested } from '../output/write-reports.ts';
import { packageVersion } from '../package-version.ts';
import { startFromCli } from '../process/start-from-cli.ts';

export interface LoadOptions extends LoadFlags, ReportTargets {
  readonly client?: string;
  readonly scenario?: string;
  readonly background?: string;
  readonly drain: string;
  readonly policy?: string;
  readonly seed?: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

const HOST = '127.0.0.1';
const UNFINISHED = 'the run was not over when this was written';
const BOUNDS = { entries: LOAD_ENTRIES, bodyBytes: 64 * 1024 * 1024 };

/** Puts a fleet of clients under load, and tells whether they make an outage worse. */
export async function load(options: LoadOptions): Promise<number> {
  const source = options.scenario === undefined ? undefined : fileSource(scenarioPath(options.scenario), options.scenario);
  const policy = options.policy === undefined ? undefined : loadPolicy(options.policy);
  checkClient(options);
  const drainMs = span('--drain', options.drain);
  const background = options.background === undefined ? {} : { backgroundPerSecond: rate('--background', options.background) };
  // Before anything is started.
  loadPlanOf(options, 0);
  prepareReports(options);
  const server = await startFromCli({ source, seed: options.seed, host: HOST, port: 0, bounds: BOUNDS });
  onUnservedUrl(server.engine, (message) => process.stderr.write(`${message}\n`));
  const { plan: scenario } = server.engine.defaultSession;
  const plan = loadPlanOf(options, scenario.seed);
  const apiKey = clientKey(scenario);
  const interrupt = interruption();
  let running: RunningLoad | undefined;
  try {
    running = await RunningLoad.start({
      server,
      signal: interrupt.signal,
      source: sourceOf(options, server, apiKey),
      plan,
      apiKey,
      drainMs,
      ...background,
    });
    interrupt.endsToo(running);
    return await watch(running, server, { ...options, judging: policy });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (!interrupt.signal.aborted) throw new UsageError(error.message);
    process.stderr.write(`${error.message}\n`);
    return exitCode.failed;
  } finally {
    await running?.close();
    await server.close(0);
    interrupt.stop();
  }
}

function checkClient({ client, command }: LoadOptions): void {
  if ((client === undefined) === (command === undefined)) throw new UsageError('load takes one of --client and --command');
}

/** The client as its processes find it. */
function sourceOf({ client, command = '' }: LoadOptions, server: MockServer, apiKey: string): ClientSource {
  if (client !== undefined) return { module: clientPath(client) };
  const {
    MOCK_OPENAI_ORIGIN: _origin,
    MOCK_OPENAI_ADMIN_URL: _admin,
    ...variables
  } = clientEnvironment({}, { origin: ORIGIN, apiKey });
  const environment = Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? null]));
  return { command, environment: { ...environment, MOCK_OPENAI_ORIGIN: server.origin } };
}

interface Watched extends LoadOptions {
  readonly judging: PolicySpec | undefined;
}

/** Runs the load, lets signals end it early, and tells what was seen. */
async function watch(running: RunningLoad, server: MockServer, options: Watched): Promise<number> {
  const partial =
    options.report === undefined
      ? undefined
      : new PartialReport(options.report, server, (journal) => renderJson(unfinished(running, server, options, journal)));
  const progress = showLoadProgress(() => running.progress());
  try {
    await running.run();
  } finally {
    progress.stop();
    partial?.stop();
  }
  const input = reportOf(running, server, options, server.engine.defaultSession.journal());
  if (options.json === true) process.stdout.write(renderJson(input));
  else printVerdict(input, []);
  await writeRequested(options, input);
  publishToGitHub(input);
  return exitCodeOf(input.verdict);
}

function reportOf(
  running: RunningLoad,
  server: MockServer,
  { judging, strict = false }: Watched,
  journal: readonly JournalEntry[],
): ReportInput {
  const run = running.snapshot(journal);
  const figures = loadReportOf(run);
  const { entries, histories, outages } = run;
  const verdict = judgeLoad({ run, figures, watchedUntil: running.watchedUntil }, server, judging);
  return {
    verdict: strict ? strictly(verdict) : verdict,
    entries,
    histories,
    outages,
    version: packageVersion(),
    load: figures,
  };
}

/** The figures so far. The rules of good retrying would take the mock's time: they are asked at the end. */
function unfinished(
  running: RunningLoad,
  { engine }: MockServer,
  { judging }: Watched,
  journal: readonly JournalEntry[],
): ReportInput {
  const run = running.snapshot(journal);
  const figures = { ...loadReportOf(run), cutShort: UNFINISHED };
  const session = engine.defaultSession;
  const policy = sessionPolicy(session, judging);
  const nothing = evidenceOf([], { watchedUntil: engine.clock.now() }, policy);
  const judged = verdictOf(loadFindings(figures, policy.load), nothing, session.scenarioUse());
  const { entries, outages } = run;
  const verdict: Verdict = { ...judged, verdict: 'inconclusive', explain: UNFINISHED, cutShort: UNFINISHED };
  return { verdict, entries, histories: [], outages, version: packageVersion(), load: figures };
}

interface Measured {
  readonly run: LoadRun;
  readonly figures: LoadReport;
  readonly watchedUntil: number;
}

/** The rules of good retrying, and what is expected of the fleet as a whole. */
function judgeLoad({ run, figures, watchedUntil }: Measured, { engine }: MockServer, judging: PolicySpec | undefined): Verdict {
  const session = engine.defaultSession;
  const policy = sessionPolicy(session, judging);
  const { saturated, startErrorMs } = figures.exactness;
  const heard = evidenceOf(
    run.entries,
    {
      watchedUntil,
      outcomes: run.records.map(outcomeOf),
      outages: run.outages,
      stalls: [...run.mockDelays, ...run.driverDelays],
      ...(saturated
        ? { untimely: `the driver was late (99 % of the calls within ${Math.round(startErrorMs.p99 ?? 0)} ms)` }
        : {}),
    },
    policy,
  );
  const verdict = verdictOf(
    withoutContradiction([...findingsOf(heard), ...loadFindings(figures, policy.load)]),
    heard,
    session.scenarioUse(),
  );
  return loadVerdict(verdict, figures, policy.load);
}

function outcomeOf({ call, process, startedAt, settledAt, ok, error }: LoadRun['records'][number]): ClientOutcome {
  return {
    call,
    ok,
    process,
    ...(startedAt === null ? {} : { startedAt }),
    ...(settledAt === null ? {} : { settledAt }),
    ...(error === undefined ? {} : { error }),
  };
}

interface Interruption {
  readonly signal: AbortSignal;
  /** What is to be gone when this process is. */
  endsToo(running: RunningLoad): void;
  stop(): void;
}

/** The first signal ends the load and lets it tell what it saw; the second ends everything at once. */
function interruption(): Interruption {
  const names = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
  const controller = new AbortController();
  let onExit = (): void => undefined;
  const onSignal = (name: NodeJS.Signals) => {
    if (controller.signal.aborted) process.exit(exitCode.failed);
    controller.abort(`interrupted by ${name}`);
  };
  for (const name of names) process.on(name, onSignal);
  return {
    signal: controller.signal,
    endsToo(running) {
      onExit = () => running.kill();
      process.on('exit', onExit);
    },
    stop() {
      process.off('exit', onExit);
      for (const name of names) process.off(name, onSignal);
    },
  };
}
