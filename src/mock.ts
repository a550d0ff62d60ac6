/// <reference lib="esnext.disposable" preserve="true" />

import { atOnce } from './core/at-once.ts';
import type { Verdict } from './core/backoff/verdict/verdict.ts';
import type { Call } from './core/journal/calls.ts';
import type { JournalEntry } from './core/journal/entry.ts';
import { once } from './core/memo/once.ts';
import type { PolicyInput } from './core/policy/policy-schema.ts';
import { type Problem, ScenarioError } from './core/problem.ts';
import { parseRules } from './core/scenario/parse.ts';
import type { RuleInput, ScenarioInput } from './core/scenario/schema.ts';
import { describeValue, unknownName } from './core/schema/fields.ts';
import { clientKey } from './exchange/client-key.ts';
import { loadScenario, sourceOf } from './scenario-files/load-scenario.ts';
import { judgeSession } from './server/admin/judge-session.ts';
import { circumstancesOf } from './server/admin/verdict-circumstances.ts';
import { type MockServer, startServer } from './server/start.ts';
import type { CertificateFiles } from './server/tls/read-certificate.ts';
import type { ServerTls } from './server/tls/server-tls.ts';
import { addRules } from './session/add-rules.ts';
import type { Engine } from './session/engine.ts';
import { readPolicy } from './session/load-policy.ts';
import { onUnservedUrl } from './session/on-unserved-url.ts';
import { readCalls } from './session/read-calls.ts';
import type { Session } from './session/session.ts';
import { callURL, sessionURL } from './session/session-url.ts';

export interface MockOptions {
  /** A path, the name of a bundled scenario, YAML or JSON text, or the scenario as an object. Default: everything is healthy. */
  readonly scenario?: string | ScenarioInput;
  /** Replaces the scenario's seed. */
  readonly seed?: number;
  /** Default 0: a free one. */
  readonly port?: number;
  /** Default 127.0.0.1. */
  readonly host?: string;
  /** Where the admin API and `/metrics` listen by themselves, also while the scenario has the server down; 0: a free one. Default: at `port`. */
  readonly adminPort?: number;
  /** Needed to use the admin API when `host` is not a loopback address. */
  readonly adminToken?: string;
  /** Connections are opened by TLS, with a certificate that is made, or with the one in these files. */
  readonly tls?: boolean | CertificateFiles;
}

/** What the caller of a verdict knows. */
export interface VerdictOptions {
  /** The client is done: what it has not tried again by now it never will. Default false. */
  readonly ended?: boolean;
}

/** One isolated world of a mock: its own scenario, counters, calls and journal. */
export interface MockSession {
  /** For the client: `http://127.0.0.1:PORT/v1`, or with the session in the path. */
  readonly baseURL: string;
  /** A base URL that names the call, so that all its attempts are recognised for certain. */
  callURL(call: string): string;
  /** An API key that the scenario accepts. */
  readonly apiKey: string;
  /** Puts one rule, or several, before all others. Throws a ScenarioError when a rule is wrong. */
  use(rules: RuleInput | readonly RuleInput[]): void;
  /** Back to the beginning: counters, rate-limit buckets, calls, added rules and the journal are forgotten. */
  reset(): void;
  /**
   * What happened, oldest first; only entries after `since`, a `seq`, when it is given. Throws a TypeError when that is no
   * whole number.
   */
  journal(since?: number): JournalEntry[];
  /** The journal as calls, each with its attempts. */
  calls(): Call[];
  /**
   * Judges the client by what the journal shows, as `expect:` of the scenario asks. A policy, or a preset by name
   * (`openai-guide`, `strict-sre`), goes before it. While a call may go on there is no pass, unless `ended` says that the client
   * is done. Throws a ScenarioError when the policy is wrong.
   */
  verdict(policy?: string | PolicyInput, options?: VerdictOptions): Verdict;
  /** Resolves when no request is being answered. */
  idle(): Promise<void>;
}

/** A session beside the mock's own, which stays until it is closed. */
export interface OpenedSession extends MockSession, AsyncDisposable {
  readonly id: string;
  /** Forgets it, journal and all, and makes room for another. Requests that are being answered go on to their end. */
  close(): Promise<void>;
}

/** A running mock. */
export interface MockOpenAI extends MockSession, AsyncDisposable {
  readonly port: number;
  /** `http://127.0.0.1:PORT`. */
  readonly origin: string;
  /** What clients have to trust; undefined where connections are plain. */
  readonly tls: ServerTls | undefined;
  /** Where the admin API is: `http://127.0.0.1:PORT/__admin`. */
  readonly adminURL: string;
  /** The further services of the scenario by name: `mock.providers.backup.baseURL`. Their calls and verdict are those of the mock. */
  readonly providers: Readonly<Record<string, MockSession>>;
  /**
   * Opens an isolated session, under its own scenario or the mock's. Throws an Error when 1,000 are open that may not be
   * forgotten.
   */
  session(options?: { readonly scenario?: string | ScenarioInput; readonly seed?: number }): OpenedSession;
  /** Stops. Requests that are being answered get two seconds to finish. */
  close(): Promise<void>;
}

/**
 * Starts a mock on a free port.
 *
 * @example
 * await using mock = await createMockOpenAI({ scenario: 'flaky', seed: 7 });
 * const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey });
 *
 * Throws a ScenarioError that carries every problem when the scenario is wrong, and a CertificateError when the files of `tls` are.
 */
export async function createMockOpenAI(options: MockOptions = {}): Promise<MockOpenAI> {
  checkOptions(options, ['scenario', 'seed', 'port', 'host', 'adminPort', 'adminToken', 'tls']);
  const { scenario = {}, seed, port = 0, host = '127.0.0.1', adminPort, adminToken, tls } = options;
  const server = await startServer({
    source: sourceOf(scenario),
    seed,
    port,
    host,
    adminPort,
    adminToken,
    tls: tls === undefined || tls === false ? undefined : { files: tls === true ? undefined : tls },
  });
  onUnservedUrl(server.engine, (message) => process.emitWarning(message, { type: 'MockOpenAI' }));
  const close = once(() => server.close(2_000));
  return {
    ...sessionApi(server, server.engine.defaultSession),
    port: server.port,
    origin: server.origin,
    tls: server.tls && { authority: server.tls.authority, authorityFile: server.tls.authorityFile },
    adminURL: `${server.adminOrigin}/__admin`,
    providers: Object.fromEntries(server.engine.providers.map((session) => [session.id, sessionApi(server, session)])),
    session(sessionOptions = {}) {
      checkOptions(sessionOptions, ['scenario', 'seed']);
      const session = openSession(server.engine, sessionOptions);
      const closeSession = once(async () => void server.engine.closeSession(session.id));
      return { ...sessionApi(server, session), id: session.id, close: closeSession, [Symbol.asyncDispose]: closeSession };
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

function openSession(engine: Engine, { scenario, seed }: { scenario?: string | ScenarioInput; seed?: number }): Session {
  if (scenario === undefined && seed === undefined) return engine.openSession();
  const source = scenario === undefined ? engine.scenario.source : sourceOf(scenario);
  return engine.openSession(loadScenario(source, engine.libraries, seed));
}

function sessionApi(server: MockServer, session: Session): MockSession {
  const { engine, origin } = server;
  return {
    baseURL: sessionURL(origin, session),
    callURL: (call) => callURL(origin, session, call),
    apiKey: clientKey(session.plan),
    use(rules) {
      const parsed = parseRules({ file: 'rule', data: rules }, engine.libraries);
      if (parsed.problems !== undefined) throw new ScenarioError(parsed.problems);
      addRules(session, parsed.value);
    },
    reset: () => session.reset(),
    journal(since = 0) {
      if (!isWhole(since)) throw new TypeError(`since: expected a whole number of at least 0, found ${describeValue(since)}`);
      return session.journal(since);
    },
    calls: () => atOnce(readCalls(engine.judgedWith(session))),
    verdict: (policy, { ended = false } = {}) =>
      judgeSession(engine.judgedWith(session), server.loopDelay, {
        policy: policy === undefined ? undefined : readPolicy(policy),
        circumstances: circumstancesOf(session, engine, { ended }),
      }),
    idle: () => session.idle(),
  };
}

/** Options come from JavaScript too: what is misspelt or impossible is not passed over. */
function checkOptions(options: object, known: readonly string[]): void {
  const { seed, port, host, adminPort, tls } = options as MockOptions;
  const problems: Problem[] = Object.keys(options)
    .filter((key) => !known.includes(key))
    .map((key) => ({ file: 'options', path: '', message: unknownName('option', key, known) }));
  const expected = (path: string, what: string, value: unknown) =>
    problems.push({ file: 'options', path, message: `expected ${what}, found ${describeValue(value)}` });
  if (seed !== undefined && !isWhole(seed)) expected('seed', 'a whole number of at least 0', seed);
  if (port !== undefined && !isWhole(port, 65_535)) expected('port', 'a whole number from 0 to 65535', port);
  if (adminPort !== undefined && !isWhole(adminPort, 65_535)) expected('adminPort', 'a whole number from 0 to 65535', adminPort);
  // The system takes an empty one for every address.
  if (host !== undefined && (typeof host !== 'string' || host.trim() === '')) expected('host', 'an address to listen on', host);
  if (tls !== undefined && typeof tls !== 'boolean' && !isCertificateFiles(tls))
    expected('tls', 'true, or { cert, key } with paths', tls);
  if (problems.length > 0) throw new ScenarioError(problems);
}

function isCertificateFiles(tls: unknown): boolean {
  const { cert, key } = (tls ?? {}) as Partial<CertificateFiles>;
  return typeof cert === 'string' && typeof key === 'string';
}

function isWhole(value: number, max: number = Number.MAX_SAFE_INTEGER): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= max;
}
