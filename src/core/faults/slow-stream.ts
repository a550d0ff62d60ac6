import { latencyAt, sampleLatencyMs } from '../openai/content/latency.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import { latencySpec, record } from '../schema/fields.ts';
import type { Effect, Reply } from '../wire/effect.ts';
import { headFirst, heartbeatIn, isHeadEarly, silenceParams, silent } from './silence.ts';
import { defineStreamFault } from './stream-fault.ts';

const NONE: LatencyMs = { kind: 'constant', ms: 0 };
const ONE_SECOND: LatencyMs = { kind: 'constant', ms: 1_000 };

/** Adds to the latency of the scenario. */
export const slowStream = defineStreamFault({
  name: 'slow_stream',
  summary: 'every chunk comes late',
  leaves: 'complete',
  slows: 'chunks',
  beatsWith: ({ heartbeat }) => heartbeat?.as,
  params: record({
    ttft: latencySpec().default(NONE).describe('before the head, or behind it where it comes early'),
    inter_token: latencySpec().default(ONE_SECOND).describe('before every content chunk'),
    ...silenceParams,
  }).prefault({}),
  paramsAt(params, { sinceMs }) {
    const { ttft, inter_token: interToken } = params;
    if (ttft.kind !== 'ramp' && interToken.kind !== 'ramp') return params;
    return { ...params, ttft: latencyAt(ttft, sinceMs), inter_token: latencyAt(interToken, sinceMs) };
  },
  latenciesWith: ({ ttft, inter_token: interToken }) => ({ ttft, inter_token: interToken }),
  *apply(reply, params, context) {
    const draws = context.random('fault', 'slow_stream');
    const first = sampleLatencyMs(params.ttft, draws);
    const beat = heartbeatIn(params, context);
    const slowed = slow(reply, () => silent(sampleLatencyMs(params.inter_token, draws), beat));
    if (isHeadEarly(params, context)) {
      yield* headFirst(slowed, (heldMs) => silent(heldMs + first, beat));
      return;
    }
    if (first > 0) yield { type: 'wait', ms: first };
    yield* slowed;
  },
});

/** With a pause before each content chunk, and none within one that comes in pieces. */
function* slow(reply: Iterable<Effect>, pause: () => Reply): Reply {
  let isInside = false;
  for (const effect of reply) {
    if (effect.type === 'write') {
      if (!isInside && (effect.event ?? effect.partOf) === 'content') yield* pause();
      isInside = effect.partOf !== undefined;
    }
    yield effect;
  }
}
