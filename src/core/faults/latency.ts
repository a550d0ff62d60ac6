import { z } from 'zod';
import { sampleLatencyMs } from '../openai/content/latency.ts';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import { duration, latencySpec, record } from '../schema/fields.ts';
import { defineFault } from './fault.ts';

const ONE_SECOND: LatencyMs = { kind: 'constant', ms: 1_000 };

/** Nothing is sent before the wait is over. */
export const latency = defineFault({
  name: 'latency',
  summary: 'waits before the first byte, then answers as it would have',
  leaves: 'complete',
  slows: 'head',
  kind: 'transport',
  injectedAt: 'edge',
  params: z
    .union([latencySpec(), record({ for: duration() }).transform(({ for: ms }): LatencyMs => ({ kind: 'constant', ms }))])
    .default(ONE_SECOND),
  *apply(reply, params, { random }) {
    yield {
      type: 'wait',
      ms: sampleLatencyMs(params, random('fault', 'latency')),
    };
    yield* reply;
  },
});
