import type { JournalEntry } from '../../journal/entry.ts';
import type { CallHistory } from './call-history.ts';
import { cheapestMatching } from './cheapest-matching.ts';
import { historyOf } from './history-of.ts';
import { leastCalls, mayGoOnFrom } from './least-calls.ts';
import { earlyBy, retryHint } from './retry-hint.ts';

/** Of more requests nobody can say in time how they may be dealt out. */
const MOST_REQUESTS = 300;

/** The attempts of one call. */
type Chain = JournalEntry[];

/**
 * Ways to deal requests out to so many calls, each the kindest to a client in one respect: with as few early retries as there can
 * be, with calls as short as there can be, and with calls that end as late as there can be. What each of them shows, all show: the
 * waits by counting (a retry that no such wait explains is one too many), the attempts of a call by the pigeonhole principle.
 * Each body is a list in the order of arrival. None where no such way is found, or a body came with several keys.
 */
export function dealingsOf(bodies: readonly (readonly JournalEntry[])[], calls: number): CallHistory[][] {
  const requests = bodies.reduce((sum, { length }) => sum + length, 0);
  if (requests > MOST_REQUESTS || bodies.some(hasSeveralKeys)) return [];
  const shares = sharesOf(bodies, calls);
  const ways = [
    patientDealing(bodies, calls),
    together(bodies, (body, at) => evenDealing(body, shares[at] ?? 1, 'newest')),
    together(bodies, (body, at) => evenDealing(body, shares[at] ?? 1, 'oldest')),
  ];
  const found = ways.filter((chains) => chains !== undefined);
  // The waits of the others say nothing without the kindest.
  return ways[0] === undefined ? [] : found.map((chains) => chains.map(asHistory));
}

function hasSeveralKeys(body: readonly JournalEntry[]): boolean {
  return new Set(body.map(({ authorizationHash }) => authorizationHash)).size > 1;
}

/** How many calls each body gets: the least that it needs, and of the rest as many as make the longest call short. */
function sharesOf(bodies: readonly (readonly JournalEntry[])[], calls: number): number[] {
  const shares = bodies.map(leastCalls);
  for (let left = calls - shares.reduce((sum, share) => sum + share, 0); left > 0; left--) {
    let longest = 0;
    for (const [at, body] of bodies.entries())
      if (body.length / (shares[at] ?? 1) > (bodies[longest]?.length ?? 0) / (shares[longest] ?? 1)) longest = at;
    shares[longest] = (shares[longest] ?? 0) + 1;
  }
  return shares;
}

function together(
  bodies: readonly (readonly JournalEntry[])[],
  deal: (body: readonly JournalEntry[], at: number) => Chain[] | undefined,
): Chain[] | undefined {
  const dealt = bodies.map(deal);
  return dealt.every((chains) => chains !== undefined) ? dealt.flat() : undefined;
}

/**
 * Deals one body out to so many calls of about the same length. The next attempt goes to the call whose last one is the newest,
 * or the oldest.
 */
function evenDealing(body: readonly JournalEntry[], share: number, to: 'newest' | 'oldest'): Chain[] | undefined {
  const most = Math.ceil(body.length / share);
  const chains: Chain[] = [];
  for (const entry of body) {
    const open = chains.filter((chain) => canGoOn(chain.at(-1), entry)).sort((a, b) => lastSeq(a) - lastSeq(b));
    const short = open.filter(({ length }) => length < most);
    const mayOpen = chains.length < share;
    const wanted = to === 'newest' ? short.at(-1) : mayOpen ? undefined : short[0];
    const chain = wanted ?? (mayOpen ? undefined : open.reduce<Chain | undefined>(shorter, undefined));
    if (chain !== undefined) chain.push(entry);
    else if (mayOpen) chains.push([entry]);
    else return undefined;
  }
  while (chains.length < share) {
    const longest = chains.reduce((found, chain) => (chain.length > found.length ? chain : found));
    chains.push(longest.splice(Math.ceil(longest.length / 2)));
  }
  return chains;
}

function shorter(found: Chain | undefined, chain: Chain): Chain {
  return found === undefined || chain.length < found.length ? chain : found;
}

function lastSeq(chain: Chain): number {
  return chain.at(-1)?.seq ?? 0;
}

function canGoOn(last: JournalEntry | undefined, next: JournalEntry): boolean {
  const from = last === undefined ? null : mayGoOnFrom(last);
  return from !== null && from <= next.t_headers;
}

/** As many retries as have to be, of these as few as can be that came before they were told to. */
function patientDealing(bodies: readonly (readonly JournalEntry[])[], calls: number): Chain[] | undefined {
  const placed = bodies.flatMap((body, question) =>
    body.map((entry) => ({ entry, question, from: mayGoOnFrom(entry), asked: retryHint(entry) })),
  );
  const cost = (at: number, next: number): 0 | 1 | undefined => {
    const last = placed[at];
    const after = placed[next];
    if (last === undefined || after === undefined || at >= next || last.question !== after.question) return undefined;
    const { t_headers } = after.entry;
    if (last.from === null || last.from > t_headers) return undefined;
    return last.asked === undefined || earlyBy(last.asked, t_headers) === 0 ? 0 : 1;
  };
  const before = cheapestMatching({ items: placed.length, cost }, placed.length - calls);
  return (
    before &&
    chainsOf(
      placed.map(({ entry }) => entry),
      before,
    )
  );
}

/** `before`: for each entry the place of the attempt before it, or -1. */
function chainsOf(entries: readonly JournalEntry[], before: readonly number[]): Chain[] {
  const chains: Chain[] = [];
  const chainOf: Chain[] = [];
  for (const [at, entry] of entries.entries()) {
    let chain = chainOf[before[at] ?? -1];
    if (chain === undefined) chains.push((chain = []));
    chain.push(entry);
    chainOf.push(chain);
  }
  return chains;
}

function asHistory(chain: Chain): CallHistory {
  return { ...historyOf(chain[0]?.logicalId ?? '', chain, false), method: 'declared', certainty: 'likely' };
}
