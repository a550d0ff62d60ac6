import type { VirtualClient, VirtualResponse } from '../support/virtual-world.ts';
import { readAnswer } from './good-client.ts';
import { sharing } from './sharing.ts';

/** How fast all calls of a program go together. Times in milliseconds. */
export interface Pace {
  /** When the next request may be sent; takes the place. */
  next(now: number): number;
  /** Hears of each answer. */
  told(response: VirtualResponse, now: number): void;
}

/** At most so many attempts a call. */
const ATTEMPTS = 6;

/** A client whose calls share one pace. What is refused waits for its hint, and for its place. */
export function pacedClient(makePace: () => Pace): VirtualClient {
  return sharing(makePace, (pace) => async (tools, signal) => {
    let notBefore = 0;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const at = Math.max(notBefore, pace.next(tools.now()));
      if (at > tools.now()) await tools.sleep(at - tools.now(), signal);
      const response = await tools.request({ headers: { 'x-stainless-retry-count': String(attempt - 1) } });
      pace.told(response, tools.now());
      if (response.status === 200) return readAnswer(response.text);
      notBefore = tools.now() + Number(response.header('retry-after') ?? 1) * 1_000 + 1 + 250 * tools.random();
    }
    throw new Error('refused too often');
  });
}

/** A rate that rises by `step` a second after each success, and falls to `factor` of it at a refusal, once a gap at most. */
export function aimd({ perSecond, step = 0.02, factor = 0.5 }: { perSecond: number; step?: number; factor?: number }): Pace {
  let rate = perSecond;
  let nextAt = 0;
  let fellAt = Number.NEGATIVE_INFINITY;
  return {
    next: (now) => {
      const at = Math.max(now, nextAt);
      nextAt = at + 1_000 / rate;
      return at;
    },
    told: ({ status }, now) => {
      if (status === 200) rate += step;
      else if (now - fellAt >= 1_000 / rate) {
        rate = Math.max(0.05, rate * factor);
        fellAt = now;
      }
    },
  };
}

/** A rate that doubles after each success, and falls by a tenth at each refusal. */
export function rateThatDoubles({ perSecond }: { perSecond: number }): Pace {
  let rate = perSecond;
  let nextAt = 0;
  return {
    next: (now) => {
      const at = Math.max(now, nextAt);
      nextAt = at + 1_000 / rate;
      return at;
    },
    told: ({ status }) => {
      rate = Math.min(20, Math.max(0.1, status === 200 ? rate * 2 : rate * 0.9));
    },
  };
}

/** A bucket of its own, as large as the limit and a little slower. */
export function tokenPace({ perMinute, share = 0.95 }: { perMinute: number; share?: number }): Pace {
  let spent = 0;
  let at = 0;
  const perMs = (perMinute * share) / 60_000;
  return {
    next: (now) => {
      spent = Math.max(0, spent - Math.max(0, now - at) * perMs) + 1;
      at = Math.max(at, now);
      return spent <= perMinute ? now : now + (spent - perMinute) / perMs;
    },
    told: () => undefined,
  };
}
