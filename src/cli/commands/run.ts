import { cutShort } from '../../core/backoff/history/cut-short.ts';
import type { RunContext } from '../../core/backoff/kit/rule-evidence.ts';
import { strictly } from '../../core/backoff/verdict/strictly.ts';
import type { DeclaredCalls } from '../../core/correlation/declared-calls.ts';
import { providerVariable } from '../../core/scenario/provider-variable.ts';
import { messageOf } from '../../core/text/message-of.ts';
import { plural } from '../../core/text/plural.ts';
import { printableLines } from '../../core/text/printable.ts';
import { clientKey } from '../../exchange/client-key.ts';
import { judgeRun } from '../../harness/judge-run.ts';
import { packageVersion } from '../../report/package-version.ts';
import { givenSource } from '../../scenario-files/load-scenario.ts';
import { proxyText } from '../../server/admin/why-silent.ts';
import type { MockServer } from '../../server/start.ts';
import { loadPolicy } from '../../session/load-policy.ts';
import type { Session } from '../../session/session.ts';
import { sessionURL } from '../../session/session-url.ts';
import { UsedSessions } from '../../session/used-sessions.ts';
import { clientEnvironment } from '../options/client-environment.ts';
import { trustedCertificates } from '../options/trusted-certificates.ts';
import { deliverReports, prepareReports } from '../output/deliver-reports.ts';
import { exitCode, exitCodeOf } from '../output/exit-code.ts';
import { printVerdict } from '../output/print-verdict.ts';
import { warningTexts } from '../output/problem-text.ts';
import { openInBrowser } from '../process/open-in-browser.ts';
import { startForClient } from '../process/start-for-client.ts';
import { openJournal } from '../process/start-from-cli.ts';
import { type Supervised, supervise } from '../process/supervise.ts';
import { startCommand } from '../process/wrapped-command.ts';

export interface RunOptions {
  readonly scenario?: string;
  readonly seed?: number;
  readonly policy?: string;
  readonly calls?: DeclaredCalls;
  readonly report?: string;
  readonly junit?: string;
  readonly strict?: boolean;
  readonly journal?: string;
  readonly port: number;
  /** Connections are opened by TLS. */
  readonly tls?: boolean;
  readonly adminPort?: number;
  /** The live page is opened in the browser. */
  readonly open?: boolean;
}

/** The journal of a run holds so many requests: the newest are judged. */
const RUN_ENTRIES = 100_000;

/** Runs a command against the mock and judges the client in it. stdout is the command's alone. */
export async function run(command: readonly string[], options: RunOptions): Promise<number> {
  const { seed, port, adminPort } = options;
  const tls = options.tls === true ? { trustedToo: trustedCertificates(process.env) } : undefined;
  const source = options.scenario === undefined ? undefined : givenSource(options.scenario);
  const given = options.policy === undefined ? undefined : loadPolicy(options.policy);
  const calls = options.calls ?? given?.calls;
  const policy = calls === undefined ? given : { ...given, calls };
  prepareReports(options);
  let failure: string | undefined;
  const onFailure = (error: unknown) => {
    failure = `the mock itself failed: ${messageOf(error)}`;
    say(`mock-openai failed: ${error instanceof Error ? error.stack : String(error)}`);
  };
  const server = await startForClient({ source, seed, calls, port, adminPort, tls, entries: RUN_ENTRIES, onFailure, say });
  const used = new UsedSessions(server.engine);
  const journal = options.journal === undefined ? undefined : await openJournal(server, options.journal, say);
  const { providers, defaultSession } = server.engine;
  const { plan } = defaultSession;
  say(`mock-openai ${packageVersion()}: scenario ${plan.name}, seed ${plan.seed}, at ${server.origin}/v1`);
  for (const session of providers)
    say(`  ${session.id}: ${sessionURL(server.origin, session)}, in ${providerVariable(session.id)}`);
  if (options.open === true) {
    const page = `${server.adminOrigin}/__admin/`;
    say(`  live page: ${page}`);
    openInBrowser(page, process.env, () => say(`no browser could be opened; the live page is ${page}`));
  }
  if (server.engine.scenario.warnings.length > 0) warningTexts(server.engine.scenario).forEach(say);
  try {
    const env = clientEnvironment(process.env, {
      origin: server.origin,
      adminOrigin: server.adminOrigin,
      apiKey: clientKey(plan),
      authorityFile: server.tls?.authorityFile ?? undefined,
      providers: providers.map(({ id, plan: own }) => ({ name: id, dialect: own.dialect })),
    });
    const supervised = await supervise(() => startCommand(command, env), {
      now: server.engine.clock.now,
      inFlight: () => server.engine.sessions.reduce((sum, { inFlight }) => sum + inFlight, 0),
    });
    const ended = failure ?? howItEnded(command, supervised);
    const sessions = used.list();
    const silence = whyNothingCame(
      server,
      port,
      providers.map(({ id }) => providerVariable(id)),
    );
    const circumstances = { ...circumstancesOf(supervised), silence };
    const input = judgeRun(server, sessions, { policy, circumstances, version: packageVersion() });
    const whole = ended === undefined ? input.verdict : cutShort(input.verdict, ended);
    const verdict = options.strict === true ? strictly(whole) : whole;
    const told = { ...input, verdict };
    printVerdict(told, notesOn(sessions, command, supervised));
    await deliverReports(options, told);
    return failure === undefined ? exitCodeOf(verdict) : exitCode.internal;
  } finally {
    await server.close(0);
    await journal?.close();
  }
}

/** Where to look when the client asked for nothing. */
function whyNothingCame({ origin }: MockServer, port: number, variables: readonly string[]): string {
  const fixed =
    port === 0
      ? `with --port 9001, and point it to ${new URL(origin).protocol}//127.0.0.1:9001/v1`
      : `and point it to ${origin}/v1`;
  const proxy = proxyText(process.env);
  return (
    `Nothing came to ${origin}/v1. Does the client read OPENAI_BASE_URL, OPENAI_API_BASE or OPENAI_HOST, which were set to it? ` +
    (variables.length === 0 ? '' : `Does it read ${variables.join(' and ')}, where the providers of the scenario are? `) +
    `If it has a setting of its own, run this ${fixed}${proxy === undefined ? '' : `. ${proxy}`}`
  );
}

/** Why nothing passes, whatever the client did until then; undefined when the command ended well. */
function howItEnded([name = '']: readonly string[], { ending: { code, signal }, interruptedBy }: Supervised): string | undefined {
  if (interruptedBy !== undefined) return `interrupted by ${interruptedBy}: what the client would have done is not known`;
  if (signal !== null) return `the command ${name} was ended by ${signal}`;
  return code === 0 ? undefined : `the command ${name} ended with exit code ${code}`;
}

function circumstancesOf({ endedAt, killedAt, watchedUntil }: Supervised): Partial<RunContext> {
  return {
    watchedUntil,
    ...(endedAt === undefined ? {} : { clientEndedAt: endedAt }),
    ...(killedAt === undefined ? {} : { killedAt }),
  };
}

/** What limits the verdict, or stands beside it. */
function notesOn(sessions: readonly Session[], [name = '']: readonly string[], supervised: Supervised): string[] {
  const { ending, interruptedBy, leftBehind, openRequests } = supervised;
  const isKilled = interruptedBy !== undefined && ending.signal !== null;
  const kept = sessions.reduce((sum, session) => sum + session.kept, 0);
  const dropped = sessions.reduce((sum, session) => sum + session.dropped, 0);
  return [
    ...(isKilled ? [`the command ${name} was ended by ${ending.signal}`] : []),
    ...(leftBehind ? [`the command ${name} left processes behind; they were ended`] : []),
    ...(openRequests === 0 ? [] : [`${plural(openRequests, 'request was', 'requests were')} still open`]),
    ...(dropped === 0
      ? []
      : [`judged by the newest ${plural(kept, 'request')}; ${plural(dropped, 'request')} before them dropped`]),
  ];
}

function say(message: string): void {
  process.stderr.write(`${printableLines(message)}\n`);
}
