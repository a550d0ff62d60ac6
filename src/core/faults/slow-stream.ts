import { sampleLatencyMs } from '../openai/content/latency.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import { latencySpec, record } from '../schema/fields.ts';
import { defineStreamFault } from './stream-fault.ts';

const NONE: LatencyMs = { kind: 'constant', ms: 0 };
const ONE_SECOND: LatencyMs = { kind: 'constant', ms: 1_000 };

/** Adds to the latency of the scenario. */
export const slowStream = defineStreamFault({
  name: 'slow_stream',
  summary: 'every chunk comes late',
  leaves: 'complete',
  slows: 'chunks',
  params: record({
    ttft: latencySpec().default(NONE).describe('before the head'),
    inter_token: latencySpec().default(ONE_SECOND).describe('before every content chunk'),
  }).prefault({}),
  *apply(reply, { ttft, inter_token: interToken }, { random }) {
    const draws = random('fault', 'slow_stream');
    const first = sampleLatencyMs(ttft, draws);
    if (first > 0) yield { type: 'wait', ms: first };
    for (const effect of reply) {
      if (effect.type === 'write' && effect.event === 'content') yield { type: 'wait', ms: sampleLatencyMs(interToken, draws) };
      yield effect;
    }
  },
});
