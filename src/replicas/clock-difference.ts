import { sampleOf } from './anchored-clock.ts';
import { connectToStore } from './connect-to-store.ts';
import { StoreLink } from './store-link.ts';

const LOOKS = 7;

/** What the clock of the store is ahead of that of this machine, and how far that may be wrong, in milliseconds. */
interface ClockDifference {
  readonly aheadMs: number;
  readonly errorMs: number;
}

/** Compares the clock of this machine with that of the store: of several looks the one that took the least time. Throws a StoreError. */
export async function clockDifference(store: string): Promise<ClockDifference> {
  const link = new StoreLink(await connectToStore(store));
  try {
    const samples = [];
    for (let look = 0; look < LOOKS; look++) {
      const askedAt = Date.now();
      const [seconds, micros] = (await link.send(['TIME'])) as readonly unknown[];
      samples.push(sampleOf(askedAt, Number(String(seconds)) * 1_000 + Number(String(micros)) / 1_000, Date.now()));
    }
    const best = samples.reduce((first, sample) => (sample.roundTripMs < first.roundTripMs ? sample : first));
    // The clock of this machine is read in whole milliseconds.
    return { aheadMs: best.aheadMs, errorMs: best.roundTripMs / 2 + 1 };
  } finally {
    link.end();
  }
}
