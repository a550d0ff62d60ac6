import { strictly } from '../../core/backoff/verdict/strictly.ts';
import type { JournalEntry } from '../../core/journal/entry.ts';
import { type JudgedLoad, judgeLoad, judgeUnfinishedLoad } from '../../core/load/judge-load.ts';
import type { LoadRun } from '../../core/load/load-run.ts';
import { measurementsOf } from '../../core/load/measurements.ts';
import { shardReportOf } from '../../core/load/shard-report.ts';
import { troublesOf } from '../../core/load/troubles.ts';
import type { PolicySpec } from '../../core/policy/policy-schema.ts';
import { renderJson } from '../../core/report/json.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { providerVariable } from '../../core/scenario/provider-variable.ts';
import { printableLines } from '../../core/text/printable.ts';
import { clientKey } from '../../exchange/client-key.ts';
import { clientPath } from '../../harness/client-path.ts';
import { isHammered } from '../../harness/hammer.ts';
import { loadJournal, loadSessions } from '../../harness/load-journal.ts';
import { CALL, type ClientSource, ORIGIN } from '../../harness/load-message.ts';
import { type LoadPlan, loadText } from '../../harness/load-plan.ts';
import { LOAD_ENTRIES, RunningLoad } from '../../harness/run-load.ts';
import { packageVersion } from '../../report/package-version.ts';
import { givenSource } from '../../scenario-files/load-scenario.ts';
import { scenarioHash } from '../../scenario-files/scenario-hash.ts';
import type { MockServer } from '../../server/start.ts';
import { loadPolicy, sessionPolicy } from '../../session/load-policy.ts';
import { sessionCourses } from '../../session/session-courses.ts';
import { callURL } from '../../session/session-url.ts';
import { useOver } from '../../session/verdict-on.ts';
import { clientEnvironment } from '../options/client-environment.ts';
import { type LoadFlags, loadPlanOf, rate, span } from '../options/load-options.ts';
import { reachableGateway } from '../options/reachable-gateway.ts';
import { checkClock, checkShardFlags, type ShardFlags, shardOf, startTime } from '../options/shard-options.ts';
import { UsageError } from '../options/usage-error.ts';
import { deliverReports, prepareReports, type ReportTargets } from '../output/deliver-reports.ts';
import { exitCodeOf } from '../output/exit-code.ts';
import { leftBehindNotes } from '../output/left-behind-notes.ts';
import { showLoadProgress } from '../output/load-progress.ts';
import { PartialReport } from '../output/partial-report.ts';
import { printVerdict } from '../output/print-verdict.ts';
import { driveClients } from '../process/drive-clients.ts';
import { startForClient } from '../process/start-for-client.ts';

export interface LoadOptions extends LoadFlags, ShardFlags, ReportTargets {
  readonly client?: string;
  readonly scenario?: string;
  readonly background?: string;
  readonly port?: number;
  readonly adminPort?: number;
  readonly drain: string;
  readonly policy?: string;
  readonly seed?: number;
  readonly strict?: boolean;
  readonly json?: boolean;
}

/** Puts a fleet of clients under load, and tells whether they make an outage worse. */
export async function load(options: LoadOptions): Promise<number> {
  const { seed } = options;
  const source = options.scenario === undefined ? undefined : givenSource(options.scenario);
  const policy = options.policy === undefined ? undefined : loadPolicy(options.policy);
  checkClient(options);
  checkShardFlags(options);
  const shard = shardOf(options, process.env);
  const startAt = startTime(options, Date.now());
  const through = options.through === undefined ? undefined : await reachableGateway(options.through, options.port);
  const drainMs = span('--drain', options.drain);
  const background = options.background === undefined ? {} : { backgroundPerSecond: rate('--background', options.background) };
  // Before anything is started.
  loadPlanOf(options, { seed: 0, shard });
  prepareReports(options);
  await checkClock(options);
  const say = (message: string) => void process.stderr.write(`${printableLines(message)}\n`);
  const server = await startForClient({
    source,
    seed,
    entries: LOAD_ENTRIES,
    leavesOut: isHammered,
    say,
    port: options.port ?? 0,
    adminPort: options.adminPort,
    store: options.store,
  });
  const { plan: scenario } = server.engine.defaultSession;
  const plan = loadPlanOf(options, { seed: scenario.seed, shard });
  const apiKey = clientKey(scenario);
  return driveClients(server, async ({ signal, attach }) => {
    const client = sourceOf(options, server, apiKey);
    const running = await RunningLoad.start({
      server,
      signal,
      source: client,
      plan,
      apiKey,
      drainMs,
      ...background,
      ...(options.hammer === undefined ? {} : { hammerConnections: options.hammer }),
      ...(through === undefined ? {} : { through }),
      ...(startAt === undefined ? {} : { startAt }),
      isShared: options.store !== undefined,
    });
    attach(running);
    return await watch(running, server, { ...options, ...background, plan, judging: policy });
  });
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
  const services = server.engine.providers.map((session) => [
    providerVariable(session.id),
    callURL(server.origin, session, CALL),
  ]);
  const addresses = { MOCK_OPENAI_ORIGIN: server.origin, MOCK_OPENAI_ADMIN_URL: `${server.adminOrigin}/__admin` };
  return { command, environment: { ...environment, ...addresses, ...Object.fromEntries(services) } };
}

interface Watched extends LoadOptions {
  readonly judging: PolicySpec | undefined;
  readonly plan: LoadPlan;
  readonly backgroundPerSecond?: number;
}

/** Runs the load, lets signals end it early, and tells what was seen. */
async function watch(running: RunningLoad, server: MockServer, options: Watched): Promise<number> {
  const partial =
    options.report === undefined
      ? undefined
      : new PartialReport(options.report, { engine: server.engine, isOwn: (call) => running.isOwn(call) }, (journal) =>
          renderJson(unfinished(running, server, options, journal)),
        );
  const progress = showLoadProgress(() => running.progress());
  try {
    await running.run();
  } finally {
    progress.stop();
    partial?.stop();
  }
  const input = finished(running, server, options);
  if (options.json === true) process.stdout.write(renderJson(input));
  else printVerdict(input, leftBehindNotes(running.leftBehind));
  await deliverReports(options, input);
  return exitCodeOf(input.verdict);
}

function finished(running: RunningLoad, { engine }: MockServer, watched: Watched): ReportInput {
  const { judging, strict = false } = watched;
  const policy = sessionPolicy(engine.defaultSession, judging);
  const run = running.snapshot(loadJournal(engine), policy.load?.brownOut);
  const { watchedUntil } = running;
  const { figures, verdict } = judgeLoad(run, { policy, scenario: useOver(loadSessions(engine)), watchedUntil });
  const judged = { figures, verdict: strict ? strictly(verdict) : verdict };
  return { ...inputOf(run, judged, engine), ...shardIn(run, { running, watched, engine }) };
}

/** The report of a load that goes on. What calls were made is told at the end. */
function unfinished(
  running: RunningLoad,
  { engine }: MockServer,
  watched: Watched,
  journal: readonly JournalEntry[],
): ReportInput {
  const { judging } = watched;
  const policy = sessionPolicy(engine.defaultSession, judging);
  const run = running.snapshot(journal, policy.load?.brownOut);
  const scenario = useOver(loadSessions(engine));
  const judged = judgeUnfinishedLoad(run, { policy, scenario, watchedUntil: engine.clock.now() });
  return { ...inputOf(run, judged, engine), ...shardIn(run, { running, watched, engine }), histories: [] };
}

interface ShardParts {
  readonly running: RunningLoad;
  readonly watched: Watched;
  readonly engine: MockServer['engine'];
}

/** What is told of a shard beside its figures. */
function shardIn(run: LoadRun, { running, watched, engine }: ShardParts): Pick<ReportInput, 'shard'> {
  const { plan, store, backgroundPerSecond } = watched;
  const { shard, forMs } = plan;
  if (shard === undefined) return {};
  const beganAt = new Date(running.beganAt).toISOString();
  const place = {
    ...shard,
    beganAt,
    shared: store !== undefined,
    forMs,
    backgroundPerSecond: backgroundPerSecond ?? null,
    scenarioSha256: scenarioHash({ source: engine.scenario.source, seed: engine.scenario.plan.seed }),
  };
  return { shard: shardReportOf(measurementsOf(run), place, loadText(plan)) };
}

function inputOf(run: LoadRun, { figures, verdict }: JudgedLoad, engine: MockServer['engine']): ReportInput {
  const { entries, histories } = run;
  const courses = sessionCourses(loadSessions(engine), entries);
  return { verdict, entries, histories, outages: troublesOf(run), courses, version: packageVersion(), load: figures };
}
