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
import { type AdminListener, type Listening, type ListenOptions, listen } from './listen.ts';
import { createMetrics } from './metrics/metrics.ts';
import { type LoopDelayMonitor, type LoopDelays, monitorLoopDelay } from './timing/loop-delay.ts';
import type { ServerTls, TlsMaterial, TlsSettings } from './tls/server-tls.ts';

/** What a server is made of that listens elsewhere than in this process. */
export interface Serving extends Omit<ListenOptions, 'engine' | 'admin'> {
  readonly engine: Engine;
  readonly loopDelay: LoopDelays;
  /** Answers a request to the admin API. */
  admin(request: Request): Promise<Response>;
}

export interface StartOptions {
  /** Default: all is healthy. */
  readonly source?: Source | undefined;
  readonly seed?: number | undefined;
  readonly host: string;
  readonly port: number;
  readonly adminToken?: string | undefined;
  readonly bounds?: JournalBounds;
  /** What the program says of its calls, in each session; goes before what scenarios expect. */
  readonly calls?: DeclaredCalls | undefined;
  readonly clock?: Clock;
  /** Connections are opened by TLS. */
  readonly tls?: TlsSettings | undefined;
  /** Listens in the place of this process. */
  readonly listening?: (serving: Serving) => Promise<Listening>;
  /** Told of failures of the mock itself; the default writes them to stderr. */
  onFailure?(error: unknown): void;
}

/** A running server and its engine. */
export interface MockServer {
  readonly engine: Engine;
  readonly port: number;
  /** `http://127.0.0.1:8080`. */
  readonly origin: string;
  readonly loopDelay: LoopDelayMonitor;
  /** Undefined where connections are plain. */
  readonly tls: ServerTls | undefined;
  /** Reads the certificate of the user again: new connections are shown it. Throws a CertificateError, and changes nothing then. */
  rereadCertificate(): void;
  /** How late its own event loop was, the 99th percentile of each second, in milliseconds. */
  loopDelays(): readonly { readonly at: number; readonly ms: number }[];
  /** Loads what else would be loaded with the first request that asks for it: the admin API and `x-mock-fault`. */
  preload(): Promise<void>;
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
    ...(bounds === undefined ? {} : { bounds }),
  });
  const loopDelay = monitorLoopDelay(() => engine.clock.now());
  const tls = options.tls && (await (await import('./tls/server-tls.ts')).prepareTls(options.tls, host));
  const admin = lazyAdmin({
    engine,
    access: { host, token: adminToken },
    tls,
    loopDelay,
    metrics: createMetrics(engine, loopDelay),
    onFailure,
  });
  const at = { host, port, tls: tls?.identities, onFailure };
  const listening = await listenOrClear(tls, () => {
    return (
      options.listening?.({ ...at, engine, loopDelay, admin: admin.fetch }) ?? listen({ ...at, engine, admin: admin.listener })
    );
  });
  return {
    engine,
    port: listening.port,
    origin: listening.origin,
    loopDelay,
    tls,
    rereadCertificate() {
      if (tls !== undefined) listening.renewCertificates(tls.reread());
    },
    preload: () => admin.preload().catch(onFailure),
    loopDelays: () => loopDelay.history().map(({ at, p99 }) => ({ at, ms: p99 })),
    async close(graceMs) {
      await listening.close(graceMs);
      tls?.remove();
      loopDelay.stop();
    },
  };
}

/** Nothing is left behind by a server that cannot listen. */
async function listenOrClear(tls: TlsMaterial | undefined, start: () => Promise<Listening>): Promise<Listening> {
  try {
    return await start();
  } catch (error) {
    tls?.remove();
    throw error;
  }
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
