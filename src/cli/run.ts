import { asWatched } from '../core/backoff/as-watched.ts';
import { cutShort } from '../core/backoff/cut-short.ts';
import { historiesOf } from '../core/backoff/history.ts';
import type { PolicySpec } from '../core/backoff/policy-schema.ts';
import { strictly } from '../core/backoff/strictly.ts';
import type { Circumstances } from '../core/backoff/subject.ts';
import type { Verdict } from '../core/backoff/verdict.ts';
import type { JournalBounds } from '../core/journal/journal.ts';
import { plural } from '../core/plural.ts';
import type { ReportInput } from '../core/report/report.ts';
import { clientKey } from '../engine/client-key.ts';
import { loadPolicy } from '../engine/load-policy.ts';
import { fileSource, scenarioPath } from '../engine/load-scenario.ts';
import { onUnservedUrl } from '../engine/on-unserved-url.ts';
import { judgeSession } from '../server/judge-session.ts';
import type { MockServer } from '../server/start.ts';
import { clientEnvironment } from './client-environment.ts';
import { exitCode, exitCodeOf } from './exit-code.ts';
import { packageVersion } from './package-version.ts';
import { printVerdict } from './print-verdict.ts';
import { openJournal, startHere } from './start-here.ts';
import { type Supervised, supervise } from './supervise.ts';
import { tellGitHub } from './tell-github.ts';
import { startCommand } from './wrapped-command.ts';
import { prepareReports, writeRequested } from './write-reports.ts';

export interface RunOptions {
  readonly scenario?: string;
  readonly seed?: number;
  readonly policy?: string;
  readonly report?: string;
  readonly junit?: string;
  readonly strict?: boolean;
  readonly journal?: string;
  readonly port: number;
}

const HOST = '127.0.0.1';
/** A run is judged as a whole: it keeps more than a server that is read from time to time. */
const BOUNDS: JournalBounds = { entries: 100_000, bodyBytes: 64 * 1024 * 1024 };

/** Runs a command against the mock and judges the client in it. stdout is the command's alone. */
export async function run(command: readonly string[], options: RunOptions): Promise<number> {
  const { seed, port } = options;
  const source = options.scenario === undefined ? undefined : fileSource(scenarioPath(options.scenario), options.scenario);
  const policy = options.policy === undefined ? undefined : loadPolicy(options.policy);
  prepareReports(options);
  let failure: string | undefined;
  const onFailure = (error: unknown) => {
    failure = `the mock itself failed: ${error instanceof Error ? error.message : String(error)}`;
    say(`mock-openai failed: ${error instanceof Error ? error.stack : String(error)}`);
  };
  const server = await startHere({ source, seed, host: HOST, port, bounds: BOUNDS, onFailure });
  const journal = options.journal === undefined ? undefined : await openJournal(server, options.journal, say);
  onUnservedUrl(server.engine, say);
  const { plan } = server.engine.defaultSession;
  say(`mock-openai ${packageVersion()}: scenario ${plan.name}, seed ${plan.seed}, at ${server.origin}/v1`);
  try {
    const env = clientEnvironment(process.env, { origin: server.origin, apiKey: clientKey(plan) });
    const supervised = await supervise(() => startCommand(command, env), {
      now: server.engine.clock.now,
      inFlight: () => server.engine.sessions.reduce((sum, { inFlight }) => sum + inFlight, 0),
    });
    const ended = failure ?? howItEnded(command, supervised);
    const judged = judgeRun(server, policy, supervised);
    const whole = ended === undefined ? judged : cutShort(judged, ended);
    const verdict = options.strict === true ? strictly(whole) : whole;
    const input = reportInput(server, verdict, supervised);
    printVerdict(input, notesOn(server, command, supervised));
    await writeRequested(options, input);
    tellGitHub(input);
    return failure === undefined ? exitCodeOf(verdict) : exitCode.internal;
  } finally {
    await server.close(0);
    await journal?.close();
  }
}

function judgeRun(server: MockServer, policy: PolicySpec | undefined, supervised: Supervised): Verdict {
  return judgeSession(server.engine.defaultSession, server.loopDelay, { policy, circumstances: circumstancesOf(supervised) });
}

/** Why nothing passes, whatever the client did until then; undefined when the command ended well. */
function howItEnded([name = '']: readonly string[], { ending: { code, signal }, interruptedBy }: Supervised): string | undefined {
  if (interruptedBy !== undefined) return `interrupted by ${interruptedBy}: what the client would have done is not known`;
  if (signal !== null) return `the command ${name} was ended by ${signal}`;
  return code === 0 ? undefined : `the command ${name} ended with exit code ${code}`;
}

function circumstancesOf({ endedAt, killedAt, watchedUntil }: Supervised): Partial<Circumstances> {
  return {
    watchedUntil,
    ...(endedAt === undefined ? {} : { clientEndedAt: endedAt }),
    ...(killedAt === undefined ? {} : { killedAt }),
  };
}

function reportInput({ engine: { defaultSession } }: MockServer, verdict: Verdict, supervised: Supervised): ReportInput {
  const entries = asWatched(defaultSession.journal(), circumstancesOf(supervised));
  return {
    verdict,
    entries,
    histories: historiesOf(entries),
    outages: defaultSession.outages(entries),
    version: packageVersion(),
  };
}

/** What limits the verdict, or stands beside it. */
function notesOn({ engine }: MockServer, [name = '']: readonly string[], supervised: Supervised): string[] {
  const { leftBehind, openRequests } = supervised;
  const { defaultSession, sessions } = engine;
  const elsewhere = sessions.filter((session) => session !== defaultSession && session.startedAt !== undefined).length;
  return [
    ...(leftBehind ? [`the command ${name} left processes behind; they were ended`] : []),
    ...(openRequests === 0 ? [] : [`${plural(openRequests, 'request was', 'requests were')} still open`]),
    ...(defaultSession.dropped === 0
      ? []
      : [
          `judged by the newest ${plural(defaultSession.kept, 'request')}; ${plural(defaultSession.dropped, 'request')} before them dropped`,
        ]),
    ...(elsewhere === 0 ? [] : [`requests of ${plural(elsewhere, 'further session')} are not judged`]),
  ];
}

function say(message: string): void {
  process.stderr.write(`${message}\n`);
}
