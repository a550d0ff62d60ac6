import type { CallHistory } from './call-history.ts';

/** What calls cost, in tokens. */
export interface Cost {
  readonly billed: number;
  /** Of answers that the client could use: one of each call. */
  readonly used: number;
  /** Of answers that were spoilt, cut, lost, left, or asked for although there was another. */
  readonly wasted: number;
}

/** What one call cost: of several answers that are whole, the first is used. */
export function costOf({ tries, replays }: CallHistory): Cost {
  let billed = 0;
  for (const { entry } of tries) billed += entry.billedTokens;
  for (const { billedTokens } of replays) billed += billedTokens;
  const used = tries.find(({ failure }) => failure === undefined)?.entry.billedTokens ?? 0;
  return { billed, used, wasted: billed - used };
}

/** What all of them cost. */
export function costOver(calls: readonly CallHistory[]): Cost {
  let billed = 0;
  let used = 0;
  for (const call of calls) {
    const cost = costOf(call);
    billed += cost.billed;
    used += cost.used;
  }
  return { billed, used, wasted: billed - used };
}
