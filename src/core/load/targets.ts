import { shownKey, targetOf } from '../backoff/history/target.ts';
import { groupBy } from '../collections/group-by.ts';
import type { LoadRun } from './load-run.ts';

/** What came to one service with one key for one model. */
export interface TargetLoad {
  /** Null: the service at /v1. */
  readonly provider: string | null;
  readonly model: string | null;
  /** The beginning of the hash of the key; null without a key. */
  readonly key: string | null;
  readonly requests: number;
  /** Answered with an error status. */
  readonly refused: number;
  /** Without an answer that is of use, for another reason: broken, spoilt, silent, left. */
  readonly broken: number;
  readonly billedTokens: number;
  /** Of these, those of answers that were of no use. */
  readonly wastedTokens: number;
}

/** A client that makes up keys or models makes a target of each request. */
export const MOST_TARGETS = 20;

/** What came to each target, the busiest first; empty where there was one only. */
export function targetLoads({ histories }: Pick<LoadRun, 'histories'>): TargetLoad[] {
  const asked = histories.flatMap(({ tries, replays }) => {
    const used = tries.find(({ failure }) => failure === undefined)?.entry;
    return [
      ...tries.map(({ entry, failure }) => ({ entry, failure, isUsed: entry === used })),
      ...replays.map((entry) => ({ entry, failure: 'transport' as const, isUsed: false })),
    ].filter(({ entry }) => entry.method === 'POST');
  });
  const targets = groupBy(asked, ({ entry }) => targetOf(entry));
  if (targets.size < 2) return [];
  return [...targets.values()].flatMap(targetLoad).sort((a, b) => b.requests - a.requests);
}

interface Asked {
  readonly entry: LoadRun['entries'][number];
  readonly failure: string | undefined;
  readonly isUsed: boolean;
}

function targetLoad(asked: readonly Asked[]): TargetLoad[] {
  const [first] = asked;
  if (first === undefined) return [];
  const { session, model } = first.entry;
  const refused = asked.filter(({ failure }) => failure === 'status').length;
  const tokens = (of: readonly Asked[]) => of.reduce((sum, { entry }) => sum + entry.billedTokens, 0);
  const load = {
    provider: session === 'default' ? null : session,
    model,
    key: shownKey(first.entry),
    requests: asked.length,
    refused,
    broken: asked.filter(({ failure }) => failure !== undefined).length - refused,
    billedTokens: tokens(asked),
    wastedTokens: tokens(asked.filter(({ isUsed }) => !isUsed)),
  };
  return [load];
}
