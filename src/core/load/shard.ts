/** One of several parts of a load, each of which another machine may make. */
export interface Shard {
  /** From 1. */
  readonly index: number;
  readonly of: number;
}

export const MOST_SHARDS = 1_000;

/** `2/8` → the second of eight shards; undefined where it is none. */
export function parseShard(text: string): Shard | undefined {
  const [, first = '', second = ''] = /^(\d{1,4})\/(\d{1,4})$/.exec(text.trim()) ?? [];
  const [index, of] = [Number(first), Number(second)];
  return index >= 1 && index <= of && of <= MOST_SHARDS ? { index, of } : undefined;
}

/** Whether the shard has what is at that place, from 0: what is planned is dealt out in turn. */
export function isInShard(place: number, { index, of }: Shard): boolean {
  return place % of === index - 1;
}

/** What the shard has of so many things. */
export function shareOf(total: number, { index, of }: Shard): number {
  return Math.floor(total / of) + (index <= total % of ? 1 : 0);
}
