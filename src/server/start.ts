import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../clock.ts';
import type { JournalBounds } from '../core/journal/journal.ts';
import type { Source } from '../core/scenario/parse.ts';
import { Engine } from '../engine/engine.ts';
import { healthyScenario } from '../engine/healthy-scenario.ts';
import type { LoadedScenario } from '../engine/load-scenario.ts';
import { libraries } from '../libraries.ts';
import type { AdminOptions } from './admin.ts';
import { listen } from './listen.ts';
import { type LoopDelayMonitor, monitorLoopDelay } from './loop-delay.ts';
import { createMetrics } from './metrics.ts';

export interface StartOptions {
  /** Default: all is healthy. */
  readonly source?: Source | undefined;
  readonly seed?: number | undefined;
  readonly host: string;
  readonly port: number;
  readonly adminToken?: string | undefined;
  readonly bounds?: JournalBounds;
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
  /** How late its own event loop was, the 99th percentile of each second, in milliseconds. */
  loopDelays(): readonly { readonly at: number; readonly ms: number }[];
  close(graceMs: number): Promise<void>;
}

/** Loads the scenario and starts the server. Throws a ScenarioError, or the system's error when it cannot listen. */
export async function startServer(options: StartOptions): Promise<MockServer> {
  const { source, seed, host, port, adminToken, bounds } = options;
  const { onFailure = (error) => console.error('mock-openai failed:', error) } = options;
  const engine = new Engine({
    scenario: await scenarioOf(source, seed),
    clock: systemClock,
    libraries,
    ...(bounds === undefined ? {} : { bounds }),
  });
  const loopDelay = monitorLoopDelay(() => engine.clock.now());
  let origin = '';
  const admin = lazyAdmin({
    engine,
    access: { host, token: adminToken },
    loopDelay,
    metrics: createMetrics(engine, loopDelay),
    origin: () => origin,
  });
  const listening = await listen({ engine, admin, host, port, onFailure });
  origin = listening.origin;
  return {
    engine,
    port: listening.port,
    origin,
    loopDelay,
    loopDelays: () => loopDelay.history().map(({ at, p99 }) => ({ at, ms: p99 })),
    async close(graceMs) {
      await listening.close(graceMs);
      loopDelay.stop();
    },
  };
}

/** What reads scenarios is loaded where there is one to be read. */
async function scenarioOf(source: Source | undefined, seed: number | undefined): Promise<LoadedScenario> {
  if (source === undefined) return healthyScenario(libraries, seed);
  const { loadScenario } = await import('../engine/load-scenario.ts');
  return loadScenario(source, libraries, seed);
}

type Listener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** The admin API, loaded when it is first asked for: many runs never do. */
function lazyAdmin(options: AdminOptions): Listener {
  let loading: Promise<Listener> | undefined;
  const load = async (): Promise<Listener> => {
    const [{ getRequestListener }, { createAdmin }] = await Promise.all([import('@hono/node-server'), import('./admin.ts')]);
    // A library must not replace the Request and Response of the program it runs in.
    return getRequestListener(createAdmin(options).fetch, {
      overrideGlobalObjects: false,
    });
  };
  return async (request, response) => {
    loading ??= load();
    await (await loading)(request, response);
  };
}
