import type { Engine } from '../../src/session/engine.ts';
import { here } from '../../src/session/maybe-promise.ts';
import { performed } from '../support/performed.ts';
import type { HeavyBody } from './heavy-bodies.ts';

/** After so many bytes the server lets the event loop go on: `HIGH_WATER_BYTES` of the reply runner. */
const HIGH_WATER_BYTES = 64 * 1024;

export interface Measured {
  readonly status: number | undefined;
  /** CPU time of the longest step, in milliseconds. */
  readonly longestMs: number;
  readonly totalMs: number;
  /** Of the body of the answer. */
  readonly bytes: number;
}

/** Sends a request to an engine and reads the answer as the server does: step by step. */
export function measureSteps(engine: Engine, { path, body }: HeavyBody): Measured {
  let longestMs = 0;
  let totalMs = 0;
  let started = process.cpuUsage();
  const stepEnds = () => {
    const { user, system } = process.cpuUsage(started);
    longestMs = Math.max(longestMs, (user + system) / 1_000);
    totalMs += (user + system) / 1_000;
    started = process.cpuUsage();
  };
  const bytes = Buffer.from(body);
  started = process.cpuUsage();
  const at = engine.clock.now();
  const incoming = {
    method: 'POST',
    target: path,
    headers: { authorization: 'Bearer sk-heavy', 'content-type': 'application/json' },
    body: bytes,
    oversized: false,
    connection: { id: 1, acceptedAt: 0, requests: 1, remotePort: null },
    headersAt: at,
    bodyEndAt: at,
  };
  const session = engine.defaultSession;
  const exchange = here(session.receive(session.prepare(incoming, { path, call: undefined, forced: undefined })));
  let status: number | undefined;
  let [waiting, sent] = [0, 0];
  for (const effect of exchange.takeReply()) {
    if (effect.type === 'head') {
      exchange.headSent(effect);
      status = effect.status;
    }
    if (effect.type === 'write') {
      waiting += effect.data.length;
      sent += effect.data.length;
    }
    if (effect.type !== 'wait' && waiting <= HIGH_WATER_BYTES) continue;
    waiting = 0;
    stepEnds();
  }
  exchange.finished(performed(at, { bytesOut: sent }));
  stepEnds();
  return { status, longestMs, totalMs, bytes: sent };
}
