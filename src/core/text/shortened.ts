import { firstUnits } from './first-units.ts';

/** The text, or its beginning and `…` where it has more than so many UTF-16 units. */
export function shortened(text: string, most: number): string {
  return text.length <= most ? text : `${firstUnits(text, most - 1)}…`;
}
