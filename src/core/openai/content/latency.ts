import type { Random } from '../../random.ts';
import { MAX_DURATION_MS } from '../../units/duration.ts';
import { rampAt } from '../../units/ramp.ts';
import type { LatencyMs } from '../request/answer-settings.ts';
import type { ReplyContext } from '../request/reply-context.ts';

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;

/** Latencies drawn for one answer; of a longer one the rest is taken to be like them. */
const MAX_DRAWS = 1_000;

/** How late an answer in one piece is: the time to its first token, reasoning included, and from token to token. */
export function answerLatencyMs(tokens: number, context: Pick<ReplyContext, 'settings' | 'random'>): number {
  const { ttft, interToken } = context.settings.latency;
  if (ttft.kind === 'constant' && interToken.kind === 'constant') {
    return Math.min(MAX_DURATION_MS, ttft.ms + tokens * interToken.ms);
  }
  const random = context.random('latency');
  const first = sampleLatencyMs(ttft, random);
  if (interToken.kind === 'constant') return Math.min(MAX_DURATION_MS, first + tokens * interToken.ms);
  const drawn = Math.min(tokens, MAX_DRAWS);
  let sum = 0;
  for (let i = 0; i < drawn; i++) sum += sampleLatencyMs(interToken, random);
  return Math.min(MAX_DURATION_MS, first + (drawn === 0 ? 0 : (sum * tokens) / drawn));
}

/** The same after so many milliseconds: the very same where it does not change with time. */
export function latencyAt(spec: LatencyMs, sinceMs: number): LatencyMs {
  return spec.kind === 'ramp' ? { kind: 'constant', ms: rampAt(spec, sinceMs) } : spec;
}

/** One draw from the distribution, in milliseconds. */
export function sampleLatencyMs(spec: LatencyMs, random: Random): number {
  switch (spec.kind) {
    case 'constant':
      return spec.ms;
    // Where nothing tells the time, it has not begun to change.
    case 'ramp':
      return spec.from;
    case 'uniform':
      return spec.minMs + random() * (spec.maxMs - spec.minMs);
    case 'lognormal': {
      const sigma = Math.log(spec.p95Ms / spec.p50Ms) / Z95;
      return Math.min(MAX_DURATION_MS, spec.p50Ms * Math.exp(sigma * standardNormal(random)));
    }
  }
}

/** Box–Muller. */
function standardNormal(random: Random): number {
  const radius = Math.sqrt(-2 * Math.log(1 - random()));
  return radius * Math.cos(2 * Math.PI * random());
}
