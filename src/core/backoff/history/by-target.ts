import { groupBy } from '../../collections/group-by.ts';
import { weakestOf } from '../../correlation/certainty.ts';
import type { CallHistory, Try } from './call-history.ts';
import { hasSameBody } from './has-same-body.ts';
import { gapBetween } from './history-of.ts';
import { sameTarget } from './same-target.ts';
import { targetOf } from './target.ts';

/**
 * What each target (session, key, model) was told and was asked within each call: a wait holds for the next attempt of the same
 * target, also where the client goes elsewhere in between. Calls that stay with one target are given back as they are.
 */
export function callsByTarget(calls: readonly CallHistory[]): readonly CallHistory[] {
  const known = found.get(calls);
  if (known !== undefined) return known;
  const split = [...groupBy(calls, ({ id }) => id).values()].flatMap(untilSuccess).flatMap(splitByTarget);
  found.set(calls, split);
  return split;
}

/** Several rules ask it of the same calls. */
const found = new WeakMap<readonly CallHistory[], readonly CallHistory[]>();

/** Histories of one name, each list up to where the call that they make together was over. */
function untilSuccess(episodes: readonly CallHistory[]): CallHistory[][] {
  const lists: CallHistory[][] = [];
  let goesOn = false;
  for (const episode of episodes) {
    if (goesOn) lists.at(-1)?.push(episode);
    else lists.push([episode]);
    goesOn = episode.replaced;
  }
  return lists;
}

function splitByTarget(episodes: readonly CallHistory[]): CallHistory[] {
  const [first] = episodes;
  if (episodes.length === 1 && first !== undefined && hasOneTarget(first)) return [first];
  const tries = episodes.flatMap((episode) => episode.tries);
  const targets = groupBy(tries, ({ entry }) => targetOf(entry));
  if (first === undefined || targets.size === 1) return [...episodes];
  const asOneCall = new Map(tries.map((attempt, at) => [attempt, { ...attempt, position: at + 1 }]));
  return [...targets.values()].map((own) => {
    const renumbered = own.map((attempt) => asOneCall.get(attempt) ?? attempt);
    const gaps = renumbered.slice(1).flatMap((after, at) => gapToSame(renumbered[at], after, at + 1));
    return {
      ...first,
      tries: renumbered,
      gaps,
      failovers: [],
      certainty: weakestOf(episodes) ?? first.certainty,
      overlapping: gaps.length < renumbered.length - 1,
    };
  });
}

function hasOneTarget({ tries }: CallHistory): boolean {
  const first = tries[0]?.entry;
  return first !== undefined && tries.every(({ entry }) => sameTarget(entry, first));
}

/** Under one name several things may be asked of several models: only the same question has to wait. */
function gapToSame(before: Try | undefined, after: Try, index: number) {
  const isElsewhereBetween = before !== undefined && after.position > before.position + 1;
  if (isElsewhereBetween && !hasSameBody(before.entry, after.entry)) return [];
  return gapBetween(before, after, index);
}
