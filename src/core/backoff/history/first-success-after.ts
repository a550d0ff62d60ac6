import type { CallHistory } from './call-history.ts';

/** When the first attempt that arrived at that moment or later had its whole answer, and that a success; undefined without one. */
export function firstSuccessAfter(histories: readonly CallHistory[], moment: number): number | undefined {
  let first: number | undefined;
  for (const { tries } of histories) {
    for (const { failure, entry } of tries) {
      if (failure !== undefined || entry.t_headers < moment || entry.t_end === null) continue;
      if (first === undefined || entry.t_end < first) first = entry.t_end;
    }
  }
  return first;
}
