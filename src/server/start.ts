import type { IncomingMessage, ServerResponse } from 'node:http';
import { systemClock } from '../clock.ts';
import type { Source } from '../core/scenario/parse.ts';
import { Engine } from '../engine/engine.ts';
import { loadScenario } from '../engine/load-scenario.ts';
import { libraries } from '../libraries.ts';
import type { AdminOptions } from './admin.ts';
import { listen } from './listen.ts';
import { monitorLoopDelay } from './loop-delay.ts';

export interface StartOptions {
  readonly source: Source;
  readonly seed?: number | undefined;
  readonly host: string;
  readonly port: number;
  readonly adminToken?: string | undefined;
  /** Told of failures of the mock itself; the default writes them to stderr. */
  onFailure?(error: unknown): void;
}

/** A running server and its engine. */
export interface MockServer {
  readonly engine: Engine;
  readonly port: number;
  /** `http://127.0.0.1:8080`. */
  readonly origin: string;
  close(graceMs: number): Promise<void>;
}

/** Loads the scenario and starts the server. Throws a ScenarioError, or the system's error when it cannot listen. */
export async function startServer(options: StartOptions): Promise<MockServer> {
  const { source, seed, host, port, adminToken, onFailure = (error) => console.error('mock-openai failed:', error) } = options;
  const engine = new Engine({
    scenario: loadScenario(source, libraries, seed),
    clock: systemClock,
    libraries,
  });
  const loopDelay = monitorLoopDelay(() => engine.clock.now());
  let origin = '';
  const admin = lazyAdmin({
    engine,
    access: { host, token: adminToken },
    loopDelay,
    origin: () => origin,
  });
  const listening = await listen({ engine, admin, host, port, onFailure });
  origin = listening.origin;
  return {
    engine,
    port: listening.port,
    origin,
    async close(graceMs) {
      await listening.close(graceMs);
      loopDelay.stop();
    },
  };
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
