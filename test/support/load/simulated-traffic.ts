import type { JournalEntry } from '../../../src/core/journal/entry.ts';
import { fork, type Random } from '../../../src/core/random.ts';
import { journalEntry } from '../journal-entry.ts';

/** How long a client waits before retry `k` (1 is the first), in milliseconds. `previousMs` is its last wait. */
export type WaitPolicy = (k: number, random: Random, previousMs: number) => number;

const uniform = (random: Random, from: number, to: number) => from + random() * (to - from);
const full =
  (baseMs: number, capMs: number): WaitPolicy =>
  (k, random) =>
    random() * Math.min(capMs, baseMs * 2 ** (k - 1));

/** Policies that a rule must not accuse (backoff.md 6). */
export const goodPolicies: Readonly<Record<string, WaitPolicy>> = {
  'full jitter, 500 ms to 8 s': full(500, 8_000),
  'full jitter, 100 ms to 20 s': full(100, 20_000),
  'full jitter, 50 ms to 20 s (AWS)': full(50, 20_000),
  'equal jitter, 500 ms to 8 s': (k, random) => {
    const v = Math.min(8_000, 500 * 2 ** (k - 1));
    return v / 2 + uniform(random, 0, v / 2);
  },
  'decorrelated jitter, 500 ms to 8 s': (_k, random, previousMs) =>
    Math.min(8_000, uniform(random, 500, 3 * Math.max(500, previousMs))),
  'openai SDK': (k, random) => Math.min(8_000, 500 * 2 ** (k - 1)) * (1 - 0.25 * random()),
  'tenacity wait_random_exponential': (k, random) => random() * Math.min(60_000, 1_000 * 2 ** (k - 1)),
  'tenacity wait_random_exponential(min=1)': (k, random) =>
    uniform(random, 1_000, Math.max(1_000, Math.min(60_000, 1_000 * 2 ** (k - 1)))),
  'tenacity wait_exponential_jitter': (k, random) => 1_000 * 2 ** (k - 1) + 1_000 * random(),
  'p-retry randomize': (k, random) => (1 + random()) * 1_000 * 2 ** (k - 1),
  'cockatiel decorrelated': decorrelatedV2(),
  'axios-retry exponentialDelay': (k, random) => 100 * 2 ** k * (1 + 0.2 * random()),
  'gRPC ±20 %, ×1.6': (k, random) => 1_000 * 1.6 ** (k - 1) * uniform(random, 0.8, 1.2),
  'Speakeasy n^1.5 + 1 s': (k, random) => 500 * k ** 1.5 + 1_000 * random(),
  '±10 % of 1 s, doubling': (k, random) => 1_000 * 2 ** (k - 1) * uniform(random, 0.9, 1.1),
  got: (k, random) => 1_000 * 2 ** (k - 1) + 100 * random(),
};

/** Policies that a rule must notice, and which rules those are. */
export const badPolicies: Readonly<Record<string, { readonly wait: WaitPolicy; readonly breaks: readonly string[] }>> = {
  'AI SDK, 2 s doubling': { wait: (k) => 2_000 * 2 ** (k - 1), breaks: ['has_jitter'] },
  'p-retry, 1 s doubling': { wait: (k) => 1_000 * 2 ** (k - 1), breaks: ['has_jitter'] },
  'ky, 300 ms doubling': { wait: (k) => 300 * 2 ** (k - 1), breaks: ['has_jitter'] },
  'undici, 500 ms doubling': { wait: (k) => 500 * 2 ** (k - 1), breaks: ['has_jitter'] },
  'constant 1 s': { wait: () => 1_000, breaks: ['has_jitter', 'grows'] },
  'constant 200 ms': { wait: () => 200, breaks: ['has_jitter', 'grows'] },
  'constant 1 s ± 25 %': { wait: (_k, random) => 1_000 * uniform(random, 0.75, 1.25), breaks: ['grows'] },
  'linear, 1 s more each time': { wait: (k) => 1_000 * k, breaks: ['has_jitter'] },
  'no wait': { wait: () => 0, breaks: ['no_hot_retry'] },
};

/** What a machine adds to every wait, in milliseconds (backoff.md 6). */
export const noises: Readonly<Record<string, (random: Random) => number>> = {
  quiet: (random) => 0.3 + exponential(random, 1.5) + (random() < 0.01 ? exponential(random, 20) : 0),
  ci: (random) => 1 + exponential(random, 6) + (random() < 0.03 ? exponential(random, 80) : 0),
  bad: (random) => 2 + exponential(random, 20) + (random() < 0.05 ? exponential(random, 200) : 0),
};

function exponential(random: Random, mean: number): number {
  return -mean * Math.log(1 - random());
}

/** Polly's decorrelated jitter V2, as cockatiel has it: 128 ms, at most 30 s. The waits of a call build on each other. */
function decorrelatedV2(): WaitPolicy {
  const total = (t: number) => 2 ** t * Math.tanh(Math.sqrt(4 * t));
  let reached = 0;
  return (k, random) => {
    if (k === 1) reached = 0;
    const next = total(k - 1 + random());
    const wait = Math.max(0, (next - reached) / 1.4);
    reached = next;
    return Math.min(30_000, wait * 128);
  };
}

export interface Traffic {
  readonly wait: WaitPolicy;
  readonly noise: (random: Random) => number;
  readonly calls: number;
  /** Failures before each call gives up. */
  readonly retries: number;
  readonly seed: number;
  /** Time between the starts of calls; default 20 ms. */
  readonly staggerMs?: number;
}

/** The journal of calls that all meet 503s until they give up. */
export function simulateTraffic({ wait, noise, calls, retries, seed, staggerMs = 20 }: Traffic): JournalEntry[] {
  const entries: JournalEntry[] = [];
  for (let call = 0; call < calls; call++) {
    const random = fork(seed, 'call', String(call));
    let at = call * staggerMs;
    let previousMs = 0;
    for (let attempt = 0; attempt <= retries; attempt++) {
      if (attempt > 0) {
        previousMs = wait(attempt, random, previousMs);
        at += 1 + previousMs + noise(random);
      }
      entries.push(
        journalEntry({
          seq: entries.length + 1,
          logicalId: `c${call}`,
          attemptSeq: attempt + 1,
          t_headers: at,
          status: 503,
          bodySha256: `b${call}`,
        }),
      );
    }
  }
  return entries;
}
