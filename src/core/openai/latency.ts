import { MAX_DURATION_MS } from '../duration.ts';
import type { Random } from '../random.ts';
import type { LatencyMs } from './answer-settings.ts';

/** The 95th percentile of the standard normal distribution. */
const Z95 = 1.6448536269514722;

/** One draw from the distribution, in milliseconds. */
export function sampleLatencyMs(spec: LatencyMs, random: Random): number {
  switch (spec.kind) {
    case 'constant':
      return spec.ms;
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
