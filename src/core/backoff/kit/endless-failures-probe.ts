import type { Probe } from './probe.ts';

/** Failures that never end, without a hint: an answer of each kind, and none. Many calls where the statistical rules need them. */
export const endlessFailuresProbe: Probe = {
  name: 'bounded-attempts',
  windowMs: 40_000,
  fullWindowMs: 130_000,
  variants: [
    { name: '500', rules: [{ fault: 'server_error' }], calls: 2 },
    { name: '503', rules: [{ fault: 'overloaded' }], calls: 2 },
    { name: '429', rules: [{ fault: { rate_limit: { retry_after: 'none' } } }], calls: 24, processCalls: 2, staggerMs: 40 },
    {
      name: 'reset',
      rules: [{ fault: { connection_reset: { at: 'headers' } } }],
      calls: 24,
      processCalls: 2,
      staggerMs: 40,
    },
  ],
};
