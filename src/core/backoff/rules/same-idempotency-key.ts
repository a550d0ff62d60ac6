import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { hasSameBody } from '../history/has-same-body.ts';
import { asksForChange } from '../history/permanent.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { gapObservation } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { varietyOfBodies } from '../kit/variety-of-bodies.ts';

export const sameIdempotencyKey = defineRule({
  id: 'same_idempotency_key',
  summary: 'keeps its idempotency key for all attempts of a call, and for no other call',
  source: sources.idempotencyKey,
  severity: 'high',
  confidence: 'deterministic',
  measures: 'idempotency-key of the attempts; fails when it changes within a call, or serves two calls with different bodies',
  falseAlarmBound: 0,
  advice: 'make one key per logical request, before the first attempt, and send it with every retry',
  bearsHidden: true,
  probe: backoffProbe,
  check: ({ calls, policy }) => {
    const keyed = calls.filter(({ tries }) => tries.some(({ entry }) => keyOf(entry) !== undefined));
    if (keyed.length === 0) return notApplicable('no request carried an idempotency key');
    const changed = keyed.flatMap((call) =>
      call.gaps
        .filter(({ before, after }) => keyOf(before.entry) !== keyOf(after.entry))
        // What is mended after an error that stays is another request, and needs another key.
        .filter(({ before, after }) => !(asksForChange(before.entry, policy) && !hasSameBody(before.entry, after.entry)))
        .map((gap) => ({ call, gap })),
    );
    const byKey = groupBy(
      keyed.flatMap((call) => call.tries.slice(0, 1).map(({ entry }) => ({ call, entry }))),
      ({ entry }) => `${keyOf(entry)} ${entry.authorizationHash}`,
    );
    const varieties = [...byKey.values()].map((same) => ({ same, variety: varietyOfBodies(same.map(({ entry }) => entry)) }));
    const shared = varieties.flatMap(({ same, variety }) => (variety === 'several' ? [same] : []));
    // A call that has no other name: a key that serves several, or retries that were built anew.
    const named = keyed
      .filter(({ method }) => method === 'idempotency-key')
      .map(({ tries }) => varietyOfBodies(tries.map(({ entry }) => entry)));
    const mixed = named.filter((variety) => variety === 'several');
    const misused = changed.length + shared.length + mixed.length;
    const isUnknown = [...varieties.map(({ variety }) => variety), ...named].includes('unknown');
    return {
      verdict: misused > 0 ? 'fail' : isUnknown ? 'inconclusive' : 'pass',
      explain:
        changed.length > 0
          ? `${plural(changed.length, 'retry')} came under another idempotency key`
          : shared.length + mixed.length > 0
            ? `${plural(shared.length + mixed.length, 'idempotency key serves', 'idempotency keys serve')} several different requests`
            : isUnknown
              ? 'an idempotency key came with different bytes, of bodies that are not kept or no JSON'
              : plural(keyed.length, 'call kept its idempotency key', 'calls kept their idempotency keys'),
      n: keyed.length,
      statistic: { name: 'keys misused', value: misused, unit: 'calls' },
      threshold: 1,
      evidence: [
        ...changed.map(({ call, gap }) =>
          gapObservation(call, gap, `key ${keyOf(gap.before.entry) ?? '(none)'} then ${keyOf(gap.after.entry) ?? '(none)'}`),
        ),
        ...shared.map((same) => ({
          call: same[0]?.call.id ?? '',
          entries: same.map(({ entry }) => entry.seq),
          line: `key ${keyOf(same[0]?.entry)} on ${same.length} requests with different bodies`,
        })),
      ],
    };
  },
});

function keyOf(entry: JournalEntry | undefined): string | undefined {
  return entry?.headers['idempotency-key'];
}
