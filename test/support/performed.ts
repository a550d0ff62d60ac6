import { NOTHING_PERFORMED, type Performed } from '../../src/exchange/performed.ts';

/** A reply that went out whole at the time given, but for what the test says. */
export function performed(at: number | null, given: Partial<Performed> = {}): Performed {
  return { ...NOTHING_PERFORMED, lastByteAt: at, ...given };
}
