import { z } from 'zod';
import { duration, latencySpec, record } from '../field.ts';
import type { LatencyMs } from '../openai/answer-settings.ts';
import { sampleLatencyMs } from '../openai/latency.ts';
import { defineFault } from './fault.ts';

const ONE_SECOND: LatencyMs = { kind: 'constant', ms: 1_000 };

/** Nothing is sent before the wait is over. */
export const latency = defineFault({
  name: 'latency',
  summary: 'waits before the first byte, then answers as it would have',
  kind: 'transport',
  strikes: 'edge',
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
