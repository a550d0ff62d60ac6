import { type ProbeTarget, probeOf } from './probe.ts';

const PRIMARY: ProbeTarget = { service: 'primary', key: 'sk-probe-a-0123456789abcdefghijklmnopqrstuvwxyz', model: 'gpt-4o' };
const SECOND_KEY: ProbeTarget = { ...PRIMARY, key: 'sk-probe-b-0123456789abcdefghijklmnopqrstuvwxyz' };
const BACKUP: ProbeTarget = {
  service: 'backup',
  key: 'sk-probe-c-0123456789abcdefghijklmnopqrstuvwxyz',
  model: 'gpt-4o-mini',
};

// All calls of a situation with several targets are made in one process.

/** The first target is down for a while, and calls go on after it. */
export const targetDownProbe = probeOf('target-down', 40_000, {
  targets: [PRIMARY, BACKUP],
  rules: [{ during: '0s..8s', fault: 'overloaded' }],
  calls: 160,
  staggerMs: 150,
});

/** Every second call is wrong in itself; the others fail at the first target. */
export const badRequestProbe = probeOf('bad-request-at-targets', 15_000, {
  targets: [PRIMARY, BACKUP],
  rules: [{ match: { prompt: '/\\([246]\\)/' }, fault: 'invalid_value' }, { fault: 'overloaded' }],
  calls: 6,
  staggerMs: 200,
});

/** One of two keys of a provider is limited for a while. */
export const limitedKeyProbe = probeOf('limited-key', 20_000, {
  targets: [PRIMARY, SECOND_KEY, BACKUP],
  rules: [{ match: { key: 'sk-probe-a*' }, during: '0s..3s', fault: { rate_limit: { retry_after: '2s' } } }],
  calls: 60,
  staggerMs: 100,
});
