import { probeOf } from './probe.ts';

/** 24 calls that meet nothing but 500s without a hint: what the statistical rules need (backoff.md 6.4). */
export const backoffProbe = probeOf('backoff', 40_000, {
  rules: [{ fault: 'server_error' }],
  calls: 24,
  staggerMs: 40,
});
