import type { Hono } from 'hono';
import { systemClock } from '../clock.ts';
import type { Clock } from '../core/clock.ts';
import type { DeclaredCalls } from '../core/correlation/declared-calls.ts';
import type { JournalBounds } from '../core/journal/journal.ts';
import type { Source } from '../core/scenario/parse.ts';
import { libraries } from '../libraries.ts';
import type { LoadedScenario } from '../scenario-files/load-scenario.ts';
import { Engine } from '../session/engine.ts';
import { healthyScenario } from '../session/healthy-scenario.ts';
import type { AdminOptions } from './admin/admin.ts';
import type { AdminListening } from './admin/listen-for-admin.ts';
import type { AdminListener } from './admin-listener.ts';
import { DowntimeSchedule, type DowntimeTeller } from './downtime-schedule.ts';
import { type Listening, type ListenOptions, listen } from './listen.ts';
import { createMetrics } from './metrics/metrics.ts';
import { type LoopDelayMonitor, type LoopDelays, monitorLoopDelay } from './timing/loop-delay.ts';
import type { ServerTls, TlsMaterial, TlsSettings } from './tls/server-tls.ts';

/** What a server is made of that listens elsewhere than in this process. */
export interface Serving extends Omit<ListenOptions, 'engine' | 'admin'> {
  readonly engine: Engine;
  readonly loopDelay: LoopDelays;
  /** Answers a request to the admin API; undefined where that listens at an address of its own. */
  readonly admin: ((request: Request) => Promise<Response>) | undefined;
  /** The same for a request of node:http. */
  readonly adminListener: AdminListener;
}

/** A server of several processes. */
export interface SharedListening extends Listening {
  /** Resolves when no process knows more than another. */
  settled(): Promise<void>;
  /** Is told when the server goes down by the scenario, and comes back; default: the engine. */
  readonly downtimes?: DowntimeTeller;
  /** Runs another scenario in all processes, from its beginning; default: the engine does. */
  replaceScenario?(scenario: LoadedScenario): void;
}

export interface StartOptions {
  /** Default: all is healthy. */
  readonly source?: Source | undefined;
  readonly seed?: number | undefined;
  readonly host: string;
  readonly port: number;
  /** Where the admin API and the metrics listen by themselves; 0 picks a free one. Default: with all else. */
  readonly adminPort?: number | undefined;
  readonly adminToken?: string | undefined;
  readonly bounds?: JournalBounds;
  /** What the program says of its calls, in each session; goes before what scenarios expect. */
  readonly calls?: DeclaredCalls | undefined;
  readonly clock?: Clock;
  /** Connections are opened by TLS. */
  readonly tls?: TlsSettings | undefined;
  /** Listens in the place of this process. */
  readonly listening?: (serving: Serving) => Promise<SharedListening>;
  /** Has others do what the admin API is to change; asked with what it would do that with itself. */
  readonly adminRelay?: ((admin: AdminOptions) => AdminOptions['relay']) | undefined;
  /** Whether the request that is over is one that this server counts in its metrics. Default: each is. */
  readonly counts?: (() => boolean) | undefined;
  /** The name of the run. Default: a new one. */
  readonly run?: string | undefined;
  /** Told of failures of the mock itself; the default writes them to stderr. */
  onFailure?(error: unknown): void;
}

/** A running server and its engine. */
export interface MockServer {
  readonly engine: Engine;
  readonly port: number;
  /** `http://127.0.0.1:8080`. */
  readonly origin: string;
  /** Where the admin API is: `origin`, or another port. */
  readonly adminOrigin: string;
  readonly loopDelay: LoopDelayMonitor;
  /** Undefined where connections are plain. */
  readonly tls: ServerTls | undefined;
  /** Reads the certificate of the user again: new connections are shown it. Throws a CertificateError, and changes nothing then. */
  rereadCertificate(): void;
  /** How late its own event loop was, the 99th percentile of each second, in milliseconds. */
  loopDelays(): readonly { readonly at: number; readonly ms: number }[];
  /** Runs another scenario in the default session, from its beginning. */
  replaceScenario(scenario: LoadedScenario): void;
  /** Loads what else would be loaded with the first request that asks for it: the admin API and `x-mock-fault`. */
  preload(): Promise<void>;
  /** Resolves when no process of the mock, and no replica, knows of a request that this engine does not know of. */
  settled(): Promise<void>;
  close(graceMs: number): Promise<void>;
}

/**
 * Loads the scenario and starts the server. Throws a ScenarioError, a CertificateError, or the system's error when it cannot
 * listen.
 */
export async function startServer(options: StartOptions): Promise<MockServer> {
  const { source, seed, host, port, adminToken, bounds, calls, clock = systemClock } = options;
  const { onFailure = (error) => console.error('mock-openai failed:', error) } = options;
  const engine = new Engine({
    scenario: await scenarioOf(source, seed),
    clock,
    libraries,
    calls,
    run: options.run,
    ...(bounds === undefined ? {} : { bounds }),
  });
  const loopDelay = monitorLoopDelay(() => engine.clock.now());
  const tls = options.tls && (await (await import('./tls/server-tls.ts')).prepareTls(options.tls, host));
  let settled = async (): Promise<void> => undefined;
  let apiPort: number | undefined;
  let closeEvents: () => void = () => undefined;
  const adminOptions: AdminOptions = {
    engine,
    access: { host, token: adminToken },
    tls,
    loopDelay,
    metrics: createMetrics(engine, loopDelay, options.counts),
    onFailure,
    settled: () => settled(),
    onEvents: (close) => (closeEvents = close),
    apiPort: () => apiPort,
  };
  const admin = lazyAdmin({ ...adminOptions, relay: options.adminRelay?.(adminOptions) });
  const at = { host, port, tls: tls?.identities, onFailure };
  const [listening, ownAdmin] = await listenOrClear(tls, () => listenAs({ ...at, engine, loopDelay, admin }, options));
  if (ownAdmin !== undefined) apiPort = listening.port;
  const downtimes = new DowntimeSchedule(engine, listening, listening.downtimes);
  settled = async () => {
    await downtimes.settled();
    if (ownAdmin !== undefined && options.adminRelay === undefined) await listening.settled?.();
  };
  return {
    engine,
    port: listening.port,
    origin: listening.origin,
    adminOrigin: (ownAdmin ?? listening).origin,
    loopDelay,
    tls,
    rereadCertificate() {
      if (tls === undefined) return;
      const identities = tls.reread();
      listening.renewCertificates(identities);
      ownAdmin?.renewCertificates(identities);
    },
    replaceScenario: (scenario) => (listening.replaceScenario ?? ((given) => engine.replaceScenario(given)))(scenario),
    preload: () => admin.preload().catch(onFailure),
    async settled() {
      await downtimes.settled();
      await listening.settled?.();
    },
    loopDelays: () => loopDelay.history().map(({ at, p99 }) => ({ at, ms: p99 })),
    async close(graceMs) {
      downtimes.stop();
      closeEvents();
      await Promise.all([listening.close(graceMs), ownAdmin?.close(graceMs)]);
      tls?.remove();
      loopDelay.stop();
    },
  };
}

/** Nothing is left behind by a server that cannot listen. */
async function listenOrClear<Begun>(tls: TlsMaterial | undefined, start: () => Promise<Begun>): Promise<Begun> {
  try {
    return await start();
  } catch (error) {
    tls?.remove();
    throw error;
  }
}

/** Listens in this process, or in those that are given; where the admin API has a port of its own, there first. */
async function listenAs(
  { admin, ...serving }: Omit<Serving, 'admin' | 'adminListener'> & { readonly admin: Admin },
  { listening, adminPort }: StartOptions,
): Promise<[Listening & Partial<SharedListening>, AdminListening | undefined]> {
  const ownAdmin = adminPort === undefined ? undefined : await listenApart(admin.listener, { ...serving, port: adminPort });
  const both = ownAdmin === undefined ? admin : undefined;
  try {
    const begun = await (listening === undefined
      ? listen({ ...serving, admin: both?.listener })
      : listening({ ...serving, admin: both?.fetch, adminListener: admin.listener }));
    return [begun, ownAdmin];
  } catch (error) {
    await ownAdmin?.close(0);
    throw error;
  }
}

async function listenApart(
  admin: AdminListener,
  { host, port, tls, onFailure }: Pick<ListenOptions, 'host' | 'port' | 'tls' | 'onFailure'>,
): Promise<AdminListening> {
  const { listenForAdmin } = await import('./admin/listen-for-admin.ts');
  return listenForAdmin({ admin, host, port, tls, onFailure });
}

/** What reads scenarios is loaded where there is one to be read. */
async function scenarioOf(source: Source | undefined, seed: number | undefined): Promise<LoadedScenario> {
  if (source === undefined) return healthyScenario(libraries, seed);
  const { loadScenario } = await import('../scenario-files/load-scenario.ts');
  return loadScenario(source, libraries, seed);
}

interface Admin {
  readonly listener: AdminListener;
  preload(): Promise<void>;
  fetch(request: Request): Promise<Response>;
}

/** The admin API, loaded when it is first asked for: many runs never do. */
function lazyAdmin(options: AdminOptions): Admin {
  let loading: Promise<Hono> | undefined;
  const app = () => (loading ??= import('./admin/admin.ts').then(({ createAdmin }) => createAdmin(options)));
  let listening: Promise<AdminListener> | undefined;
  const load = async (): Promise<AdminListener> => {
    const [{ getRequestListener }, { fetch }] = await Promise.all([import('@hono/node-server'), app()]);
    // A library must not replace the Request and Response of the program it runs in.
    return getRequestListener(fetch, { overrideGlobalObjects: false });
  };
  return {
    async preload() {
      listening ??= load();
      await Promise.all([listening, import('../exchange/forced-fault.ts')]);
    },
    fetch: async (request) => (await app()).fetch(request),
    async listener(request, response) {
      listening ??= load();
      await (await listening)(request, response);
    },
  };
}
