import { firstFrom } from '../../collections/first-from.ts';
import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { type AskedTargets, askedTargets } from '../history/asked-targets.ts';
import { isQuota } from '../history/permanent.ts';
import { readRequests } from '../history/read-requests.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { limitedKeyProbe } from '../kit/targets-probes.ts';
import { coolsDownKey } from './cools-down-key.ts';

/** Without a hint, a key is held back for so long at most. */
const USUAL_MS = 5_000;
/** Requests to other services that show that there was something to ask. */
const ENOUGH = 3;

export const neutral429 = defineRule({
  id: 'neutral_429',
  summary: 'keeps asking a provider with its other keys while one is rate limited',
  source: `${sources.rateLimits}; AegisFlow #75, https://github.com/saivedant169/AegisFlow/issues/75`,
  severity: 'medium',
  confidence: 'deterministic',
  comparesTargets: true,
  measures: `waits after a 429 of one of several keys of a provider in which other providers are asked at least ${ENOUGH} times and this one is not; info, and fails at one where the policy has \`neutral_429: true\``,
  falseAlarmBound: 0,
  advice: 'count a 429 against the key that got it, not against the health of its provider',
  probe: coolsDownKey.probe,
  targetsProbe: limitedKeyProbe,
  check: ({ entries, policy }) => {
    const { entries: read, times } = readRequests(entries);
    const used = firstUses(askedTargets(entries));
    const hasOneKey = new Set(used.map(({ session }) => session)).size === used.length;
    if (hasOneKey) return notApplicable('each provider was asked with one key');
    const limited = read.filter((entry) => entry.status === 429 && !isQuota(entry));
    const spans = limited.map((entry) => spanAfter(entry, { read, times, used }));
    const told = spans.filter(({ otherKeys, own, others }) => otherKeys > 0 && (own > 0 || others >= ENOUGH));
    if (told.length === 0) return notApplicable('no key of several of a provider was rate limited while there was more to ask');
    const deserted = told.filter(({ own }) => own === 0);
    const ruling = {
      n: told.length,
      statistic: { name: 'providers given up for one key', value: deserted.length, unit: 'calls' } as const,
      threshold: 1,
      correlation: 'exact' as const,
    };
    if (deserted.length === 0)
      return {
        ...ruling,
        verdict: 'pass',
        explain: `${plural(told.length, 'time')} one key was rate limited, and others of the provider went on`,
      };
    return {
      ...ruling,
      verdict: policy.neutral429 === true ? 'fail' : 'info',
      explain: `${plural(deserted.length, 'time')} of ${told.length} a 429 of one key kept all keys of its provider away`,
      evidence: deserted.map(({ entry, others, forMs }) => ({
        call: entry.logicalId,
        entries: [entry.seq],
        line: `429 of one key of ${entry.session} → ${plural(others, 'request')} to other providers within ${seconds(forMs)}, none to it`,
      })),
    };
  },
});

/** What was asked while a key of a provider was told to wait. */
interface Span {
  readonly entry: JournalEntry;
  readonly forMs: number;
  /** Other keys of the provider that were in use before. */
  readonly otherKeys: number;
  /** Requests to the provider with other keys. */
  readonly own: number;
  /** Requests to other providers. */
  readonly others: number;
}

/** What was asked, in order. */
interface Asked {
  readonly read: readonly JournalEntry[];
  /** When each came. */
  readonly times: readonly number[];
  /** The first request with each key of each provider. */
  readonly used: readonly JournalEntry[];
}

function firstUses({ targets }: AskedTargets): JournalEntry[] {
  const first = targets.flatMap(({ entries: [entry] }) => entry ?? []);
  return [...groupBy(first, ({ session, authorizationHash }) => `${session} ${authorizationHash}`).values()].flatMap(
    ([entry]) => entry ?? [],
  );
}

function spanAfter(entry: JournalEntry, { read, times, used }: Asked): Span {
  const from = entry.t_firstByteBefore ?? entry.t_headers;
  const forMs = entry.hint?.dueAt == null ? USUAL_MS : Math.max(0, entry.hint.dueAt - from);
  const hasOtherKey = ({ session, authorizationHash: key }: JournalEntry) =>
    session === entry.session && key !== entry.authorizationHash;
  let own = 0;
  let others = 0;
  for (let at = firstFrom(times, from); at < read.length; at++) {
    const next = read[at];
    // One request with another key shows that the provider was not given up.
    if (next === undefined || next.t_headers >= from + forMs || own > 0) break;
    if (hasOtherKey(next)) own += 1;
    else if (next.session !== entry.session) others += 1;
  }
  const otherKeys = used.filter((other) => other.t_headers <= from && hasOtherKey(other)).length;
  return { entry, forMs, otherKeys, own, others };
}
