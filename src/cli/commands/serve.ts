import { existsSync, unwatchFile, watchFile } from 'node:fs';
import { ScenarioError } from '../../core/problem.ts';
import type { Source } from '../../core/scenario/parse.ts';
import { libraries } from '../../libraries.ts';
import { packageVersion } from '../../report/package-version.ts';
import type { LoadedScenario } from '../../scenario-files/load-scenario.ts';
import { isLoopback } from '../../server/admin/admin-guard.ts';
import type { MockServer } from '../../server/start.ts';
import { onUnservedUrl } from '../../session/on-unserved-url.ts';
import { sessionURL } from '../../session/session-url.ts';
import { warmUpSteps } from '../../session/warm-up.ts';
import { type TlsOptions, tlsSettings } from '../options/tls-options.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode } from '../output/exit-code.ts';
import { createServeOutput, type ServeOutput } from '../output/serve-output.ts';
import { onSignals, signalExitCode } from '../process/on-signals.ts';
import { openJournal, startFromCli } from '../process/start-from-cli.ts';
import { watchCertificate } from '../process/watch-certificate.ts';
import { watchDescriptors } from '../process/watch-descriptors.ts';

export interface ServeOptions extends TlsOptions {
  readonly scenario?: string;
  readonly port: number;
  readonly host: string;
  readonly seed?: number;
  readonly journal?: string;
  readonly adminPort?: number;
  readonly adminToken?: string;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly json?: boolean;
  /** Processes that serve. */
  readonly workers?: number;
  /** The URL of the store that keeps the state of the mock. */
  readonly store?: string;
}

/** How often the scenario file is looked at. */
const POLL_MS = 150;
/** Editors that replace a file take less. */
const GONE_MS = 1_000;
/** Time that requests in flight get to finish when the server is told to stop. */
const GRACE_MS = 5_000;

/** Serves until SIGINT or SIGTERM. A replica whose store has lost what was decided begins anew, at the same address. */
export async function serve(options: ServeOptions): Promise<number> {
  const output = createServeOutput(options);
  const file = options.scenario === undefined ? undefined : await scenarioFile(options.scenario);
  const stop = lazily(stopSignal);
  let at = options;
  for (let isFirst = true; ; isFirst = false) {
    const lost = new Lost();
    const server = await start(at, file?.read(), { output, lost });
    const journal = options.journal === undefined ? undefined : await openJournal(server, options.journal, output.warning);
    const stopped = stop();
    if (isFirst) announce(server, options, output);
    const unwatch = follow(server, file, options, output);
    const end = await Promise.race([stopped, lost.happened]);
    unwatch();
    await server.close(typeof end === 'string' ? GRACE_MS : 0);
    await journal?.close();
    if (typeof end === 'string') {
      output.stopped(end);
      // What nobody reads would keep the process for ever.
      if (!(await output.settled())) process.exit(exitCode.pass);
      return exitCode.pass;
    }
    if (!end.joinsAgain) return exitCode.internal;
    at = { ...options, port: server.port, ...adminPortOf(server, options) };
  }
}

/** The admin port as it was picked, where there is one. */
function adminPortOf({ adminOrigin }: MockServer, { adminPort }: ServeOptions): Pick<ServeOptions, 'adminPort'> {
  return adminPort === undefined ? {} : { adminPort: Number(new URL(adminOrigin).port) };
}

/** Signals are listened to from the first call on: before it they end the process. */
function lazily<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}

function announce(server: MockServer, options: ServeOptions, output: ServeOutput): void {
  const { name, seed } = server.engine.defaultSession.plan;
  output.listening({
    origin: server.origin,
    adminOrigin: server.adminOrigin,
    scenario: name,
    seed,
    rules: rulesIn(server.engine.scenario),
    providers: Object.fromEntries(server.engine.providers.map((session) => [session.id, sessionURL(server.origin, session)])),
    workers: options.workers ?? 1,
    store: options.store === undefined ? undefined : withoutCredentials(options.store),
    adminOff: !isLoopback(options.host) && options.adminToken === undefined,
    authority: server.tls?.authorityFile ?? undefined,
  });
}

/** Tells what happens to a server, and has it follow its files. Returns how to end that. */
function follow(server: MockServer, file: ScenarioFile | undefined, options: ServeOptions, output: ServeOutput): () => void {
  server.engine.onEntry((entry, session) => output.request(entry, session));
  onUnservedUrl(server.engine, output.warning);
  if (options.quiet !== true) file?.warningsOf(server.engine.scenario).forEach(output.warning);
  const unwatch = file && watch(server, file, options, output);
  warmUp([...warmUpSteps(server.engine), () => void server.preload()]);
  const stopWatching = watchDescriptors(output.warning);
  const certificate = tlsSettings(options)?.files;
  const unwatchCertificate = certificate && watchCertificate(server, certificate, output);
  return () => {
    stopWatching();
    unwatch?.();
    unwatchCertificate?.();
  };
}

function withoutCredentials(url: string): string {
  const shown = new URL(url);
  shown.username = '';
  shown.password = '';
  return shown.href;
}

/** Those of further services included. */
function rulesIn({ plan, providers }: LoadedScenario): number {
  return [plan, ...[...providers.values()].map((provider) => provider.plan)].reduce((sum, { rules }) => sum + rules.length, 0);
}

/** The file of a scenario, and what reads it: loaded only where there is one. */
interface ScenarioFile {
  readonly path: string;
  readonly shownAs: string;
  /** It was a regular file as the server started. A pipe or a device can be read only once, or for ever. */
  readonly watched: boolean;
  isRegular(): boolean;
  read(): Source;
  load(source: Source, seed: number | undefined): LoadedScenario;
  /** What people are told of its problems, and of what has no effect in it. */
  problemsOf(error: ScenarioError): string;
  warningsOf(loaded: LoadedScenario): string[];
}

async function scenarioFile(shownAs: string): Promise<ScenarioFile> {
  const { fileSource, isFile, loadScenario, scenarioPath } = await import('../../scenario-files/load-scenario.ts');
  const { problemText, warningTexts } = await import('../output/problem-text.ts');
  const path = scenarioPath(shownAs);
  return {
    path,
    shownAs,
    watched: isFile(path),
    isRegular: () => isFile(path),
    read: () => fileSource(path, shownAs),
    load: (source, seed) => loadScenario(source, libraries, seed),
    problemsOf: problemText,
    warningsOf: warningTexts,
  };
}

/** The mock has lost its store, and serves nothing any more. */
class Lost {
  readonly happened: Promise<{ readonly joinsAgain: boolean }>;
  happen: (joinsAgain: boolean) => void = () => undefined;

  constructor() {
    this.happened = new Promise((resolve) => (this.happen = (joinsAgain) => resolve({ joinsAgain })));
  }
}

async function start(
  options: ServeOptions,
  source: Source | undefined,
  { output, lost }: { readonly output: ServeOutput; readonly lost: Lost },
): Promise<MockServer> {
  const { host, port, seed, adminPort, adminToken, workers = 1, store } = options;
  if (store !== undefined && workers > 1)
    throw new UsageError('--workers and --store exclude each other: start several mocks with the same --store');
  const tls = tlsSettings(options);
  const starting = { source, seed, host, port, adminPort, adminToken, tls, onFailure: (error: unknown) => output.failure(error) };
  if (store !== undefined) {
    const { startReplica } = await import('../../replicas/start-replica.ts');
    const onLost = (message: string, joinsAgain: boolean) => {
      output.warning(`mock-openai: ${message}. This replica ${joinsAgain ? 'joins the others anew' : 'ends'}.`);
      lost.happen(joinsAgain);
    };
    const replica = { store, version: packageVersion(), onWarning: output.warning, onLost };
    return startFromCli(starting, (given) => startReplica({ ...given, ...replica }));
  }
  if (workers === 1) return startFromCli(starting);
  const { startCluster } = await import('../../cluster/start-cluster.ts');
  return startFromCli(starting, (given) => startCluster({ ...given, workers, onWarning: output.warning }));
}

/** Takes the steps while nobody waits, and lets requests that have come go first. */
function warmUp([step, ...others]: readonly (() => void)[]): void {
  if (step === undefined) return;
  setImmediate(() => {
    step();
    warmUp(others);
  });
}

/**
 * Reloads the scenario when the text of its file changes; an invalid edit keeps the old one and says so. The file is
 * polled: that also follows links, and files that editors replace or that are gone for a while. What is no regular file is
 * read once.
 */
function watch(
  server: MockServer,
  { path, shownAs, watched, isRegular, read, load, problemsOf, warningsOf }: ScenarioFile,
  { seed, quiet }: ServeOptions,
  output: ServeOutput,
): () => void {
  if (!watched) return () => undefined;
  let seen = textOf(server.engine.scenario.source);
  let missed: NodeJS.Timeout | undefined;
  const reload = () => {
    clearTimeout(missed);
    if (!existsSync(path)) {
      missed = setTimeout(() => {
        // What came in its place before the first look of the poll is no change to the poll.
        if (existsSync(path)) reload();
        else output.warning(`${shownAs} is gone: the old scenario goes on.`);
      }, GONE_MS);
      return;
    }
    if (!isRegular()) return output.warning(`${shownAs} is no regular file any more: the old scenario goes on.`);
    try {
      const source = read();
      const text = textOf(source);
      if (text === seen) return;
      seen = text;
      const loaded = load(source, seed);
      server.replaceScenario(loaded);
      output.reloaded(loaded.plan);
      if (quiet !== true) warningsOf(loaded).forEach(output.warning);
    } catch (error) {
      if (!(error instanceof ScenarioError)) return output.failure(error);
      output.keptOld(error, problemsOf(error));
    }
  };
  watchFile(path, { interval: POLL_MS }, reload);
  // An edit between the start and now.
  reload();
  return () => {
    clearTimeout(missed);
    unwatchFile(path, reload);
  };
}

function textOf(source: Source): string {
  return 'text' in source ? source.text : '';
}

/** Resolves with the first signal to stop; a second one ends the process at once. */
function stopSignal(): Promise<string> {
  return new Promise((resolve) => {
    let stopping = false;
    onSignals(['SIGINT', 'SIGTERM'], (signal) => {
      if (stopping) process.exit(signalExitCode(signal));
      stopping = true;
      resolve(signal);
    });
  });
}
