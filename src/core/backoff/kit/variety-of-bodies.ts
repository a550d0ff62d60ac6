import type { JournalEntry } from '../../journal/entry.ts';

type Body = Pick<JournalEntry, 'bodySha256' | 'bodyShaCanonical'>;

/**
 * Whether requests have one body, as bytes or as JSON without `stream_options`, or several. `unknown` where bytes differ of a body
 * that is no JSON, or that the journal has no more.
 */
export function varietyOfBodies(requests: readonly Body[]): 'one' | 'several' | 'unknown' {
  if (new Set(requests.map(({ bodySha256 }) => bodySha256)).size < 2) return 'one';
  const read = requests.flatMap(({ bodyShaCanonical }) => bodyShaCanonical ?? []);
  if (new Set(read).size > 1) return 'several';
  return read.length === requests.length ? 'one' : 'unknown';
}
