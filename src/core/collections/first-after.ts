import { firstFrom } from './first-from.ts';

/** Of times in order, the place of the first that is later than `time`; their number where none is. */
export function firstAfter(times: readonly number[], time: number): number {
  let place = firstFrom(times, time);
  while (times[place] === time) place += 1;
  return place;
}
