import { duration, record, size } from '../schema/fields.ts';
import type { Pace } from '../wire/effect.ts';

/** Pieces a second in which a rate is kept. */
const PIECES_PER_SECOND = 10;

/** Parameters of what dribbles: so many bytes each time, or a rate. */
export function paceParams(usual: Pace) {
  return record({
    bytes: size().optional().describe('bytes at a time'),
    every: duration().optional().describe('pause between them'),
    rate: size().optional().describe('bytes a second, in place of bytes and every'),
  })
    .refine(({ rate, bytes, every }) => rate === undefined || (bytes === undefined && every === undefined), {
      path: ['rate'],
      error: 'rate replaces bytes and every: leave them out, or rate',
    })
    .transform(
      ({ bytes = usual.bytes, every = usual.everyMs, rate }): Pace =>
        rate === undefined ? { bytes, everyMs: every } : paceOf(rate),
    )
    .prefault({});
}

function paceOf(bytesPerSecond: number): Pace {
  const bytes = Math.max(1, Math.round(bytesPerSecond / PIECES_PER_SECOND));
  return { bytes, everyMs: (bytes * 1_000) / bytesPerSecond };
}
