import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { parseForcedFault } from '../../src/exchange/forced-fault.ts';
import { parseTarget } from '../../src/exchange/incoming.ts';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import { Engine, type EngineParts } from '../../src/session/engine.ts';
import { here } from '../../src/session/maybe-promise.ts';
import { type Collected, collect } from './effects.ts';
import { performed } from './performed.ts';
import { type FakeClock, fakeClock } from './reply-context.ts';

export interface Sent {
  readonly model?: string;
  readonly content?: string;
  readonly key?: string;
  /** Further fields of the body. */
  readonly fields?: object;
  readonly target?: string;
  /** `x-mock-fault`. */
  readonly forced?: string;
}

/** What came back. */
export interface Received extends Collected {
  readonly status: number | undefined;
}

export interface Driver {
  readonly engine: Engine;
  readonly clock: FakeClock;
  /** Sends a chat completion and reads the answer to its end. No time passes. */
  send(request?: Sent): Received;
}

/** An engine without a network, on a clock that moves only when told. */
export function drive(scenario: ScenarioInput | string, options: Pick<EngineParts, 'bounds'> = {}): Driver {
  const clock = fakeClock();
  const source = typeof scenario === 'string' ? { file: 'scenario', text: scenario } : { file: 'scenario', data: scenario };
  const engine = new Engine({ scenario: loadScenario(source, libraries), clock, libraries, ...options });
  return { engine, clock, send: (request = {}) => send(engine, request) };
}

function send(engine: Engine, { model = 'gpt-4o', content = 'Hello', key = 'sk-test', ...rest }: Sent): Received {
  const { fields = {}, target = '/v1/chat/completions', forced } = rest;
  const { session, path, call } = parseTarget(target);
  const at = engine.clock.now();
  const body = JSON.stringify({ model, messages: [{ role: 'user', content }], ...fields });
  const isolated = engine.session(session);
  const prepared = isolated.prepare(
    {
      method: path === '/v1/models' ? 'GET' : 'POST',
      target,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: Buffer.from(body),
      oversized: false,
      connection: { id: 1, acceptedAt: 0, requests: 1, remotePort: null },
      headersAt: at,
      bodyEndAt: at,
    },
    { path, call, forced: forced === undefined ? undefined : parseForcedFault(forced) },
  );
  const exchange = here(isolated.receive(prepared));
  const reply = collect(exchange.takeReply());
  if (reply.head !== undefined) exchange.headSent(reply.head);
  exchange.finished(performed(at, { bytesOut: reply.text.length }));
  return { ...reply, status: reply.head?.status };
}
