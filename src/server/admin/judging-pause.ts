/** As multiples of a turn of judging. A verdict that is there takes a fiftieth of the loop's time, or a fifth where nothing happens. */
const PAUSES = { busy: 49, idle: 4 } as const;

/** The pause behind a turn of judging, in the unit of the turn. Nobody can read a first verdict yet: it is not put off. */
export function judgingPause(
  turn: number,
  { isStale, isFirst }: { readonly isStale: boolean; readonly isFirst: boolean },
): number {
  return turn * (isStale && !isFirst ? PAUSES.busy : PAUSES.idle);
}
