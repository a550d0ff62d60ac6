import type { Performed } from '../../src/exchange/performed.ts';

/** A reply that went out whole at the time given, but for what the test says. */
export function performed(at: number | null, given: Partial<Performed> = {}): Performed {
  return {
    lastByteAt: at,
    clientCloseAt: null,
    closedBy: null,
    closedHow: null,
    bytesOut: 0,
    chunksOut: 0,
    eventsOut: 0,
    ...given,
  };
}
