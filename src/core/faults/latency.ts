import { z } from 'zod';
import { latencyAt, sampleLatencyMs } from '../openai/content/latency.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import { latencySpec, record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';
import { headFirst, heartbeatIn, isHeadEarly, type Silence, silenceParams, silent } from './silence.ts';

const ONE_SECOND: LatencyMs = { kind: 'constant', ms: 1_000 };

const absent = z.never().optional();
/** They belong to the other form: what is wrong with it is told of these, not that they are unknown. */
const KEYS_OF_A_WAIT = { min: absent, max: absent, p50: absent, p95: absent, from: absent, to: absent, over: absent };

/** Nothing is sent before the wait is over, or nothing but the head and signs of life. */
export const latency = defineFault({
  name: 'latency',
  summary: 'waits before the first byte, or behind the head, then answers as it would have',
  leaves: 'complete',
  slows: 'head',
  kind: 'transport',
  injectedAt: 'edge',
  beatsWith: ({ heartbeat }) => heartbeat?.as,
  pauseWith: (params) => (params.kind === 'constant' && isLive(params) ? params.ms : undefined),
  paramsAt: (params, { sinceMs }) => (params.kind === 'ramp' ? { ...latencyAt(params, sinceMs), ...silenceOf(params) } : params),
  latenciesWith: (params) => ({ latency: params }),
  params: z
    .union([
      latencySpec().transform((wait): LatencyMs & Silence => wait),
      record({ for: latencySpec().default(ONE_SECOND), ...silenceParams, ...KEYS_OF_A_WAIT }).transform(
        ({ for: wait, head, heartbeat }): LatencyMs & Silence => ({
          ...wait,
          ...silenceOf({ head, heartbeat }),
        }),
      ),
    ])
    .default(ONE_SECOND),
  *apply(reply, params, context) {
    const ms = sampleLatencyMs(params, context.random('fault', 'latency'));
    if (isHeadEarly(params, context)) {
      yield* headFirst(reply, (heldMs) => silent(heldMs + ms, heartbeatIn(params, context)));
      return;
    }
    yield { type: 'wait', ms };
    yield* reply;
  },
});

function silenceOf({ head, heartbeat }: Silence): Silence {
  return { ...(head === undefined ? {} : { head }), ...(heartbeat === undefined ? {} : { heartbeat }) };
}

/** The client sees that there is an answer. */
function isLive({ head, heartbeat }: Silence): boolean {
  return head !== undefined || heartbeat !== undefined;
}
