import { isRetryable } from '../core/calls/outcome.ts';
import type { Clock } from '../core/clock.ts';
import type { Libraries } from '../core/libraries.ts';
import type { Head, Reply } from '../core/reply/effect.ts';
import { Engine } from './engine.ts';
import type { Incoming } from './incoming.ts';
import type { LoadedScenario } from './load-scenario.ts';
import type { Performed } from './performed.ts';

/** What happened to one request of a play-through. */
export interface Played {
  readonly request: number;
  readonly call: number;
  readonly attempt: number;
  /** `200`, `429 rate_limit_exceeded`, or how the connection ended. */
  readonly outcome: string;
  readonly faults: string;
  readonly rule: string;
}

const RETRIES = 2;
const INTERVAL_MS = 1_000;

/** Plays requests against a scenario on a virtual clock, without a network: one a second, failures retried twice. */
export function playThrough(scenario: LoadedScenario, requests: number, libraries: Libraries): Played[] {
  let nowMs = 0;
  const clock: Clock = {
    now: () => nowMs,
    wall: () => Date.UTC(2026, 0, 1) + nowMs,
  };
  const engine = new Engine({ scenario, clock, libraries });
  const played: Played[] = [];
  let call = 1;
  let attempt = 1;
  for (let request = 1; request <= requests; request++) {
    const exchange = engine.defaultSession.receive(incoming(call, attempt, nowMs), {
      path: PATH,
      call: undefined,
      forced: undefined,
    });
    const performed = perform(exchange.reply, exchange.headSent);
    exchange.finished({ ...performed, lastByteAt: nowMs, clientCloseAt: null });
    const [entry] = engine.defaultSession.journal(request - 1);
    if (entry === undefined) break;
    const status = entry.status ?? undefined;
    const complete = performed.closedBy === null;
    const outcome = complete ? [status, entry.errorCode].filter((part) => part != null).join(' ') : performed.ending;
    const { faultApplied } = entry;
    const faults = faultApplied?.faults.map(({ name }) => name).join(', ') ?? '';
    played.push({
      request,
      call,
      attempt,
      outcome,
      faults,
      rule: faultApplied?.rule ?? '',
    });
    const retried =
      attempt <= RETRIES &&
      isRetryable({
        at: nowMs,
        status,
        complete,
        hintMs: undefined,
        shouldRetry: undefined,
        connection: 1,
      });
    if (retried) attempt += 1;
    else [call, attempt] = [call + 1, 1];
    nowMs += INTERVAL_MS;
  }
  return played;
}

const PATH = '/v1/chat/completions';

function incoming(call: number, attempt: number, at: number): Incoming {
  const body = JSON.stringify({
    model: 'gpt-4o',
    messages: [{ role: 'user', content: `Request ${call}` }],
    stream: call % 2 === 0,
  });
  return {
    method: 'POST',
    target: PATH,
    headers: {
      authorization: 'Bearer sk-explain',
      accept: 'application/json',
      'x-stainless-retry-count': String(attempt - 1),
    },
    body: Buffer.from(body),
    oversized: false,
    connection: { id: 1, acceptedAt: 0, requests: 2, remotePort: null },
    headersAt: at,
    bodyEndAt: at,
  };
}

/** Runs a reply without a wire and without waiting. A client would leave a hanging server in the end. */
function perform(reply: Reply, headSent: (head: Head) => void): Performed & { ending: string } {
  const result = (closedBy: Performed['closedBy'], ending: string) => ({
    lastByteAt: null,
    clientCloseAt: null,
    closedBy,
    bytesOut: 0,
    ending,
  });
  for (const effect of reply) {
    if (effect.type === 'head') headSent(effect);
    if (effect.type === 'close') return result('server', 'closed');
    if (effect.type === 'reset') return result('server', 'reset');
    if (effect.type === 'hang') return result('client', 'no answer');
  }
  return result(null, 'complete');
}
