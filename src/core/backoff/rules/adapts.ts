import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import { askedTargets } from '../history/asked-targets.ts';
import { failureOf } from '../history/failure.ts';
import { isQuota } from '../history/permanent.ts';
import type { RuleResult } from '../kit/finding.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';
import { binomialTail } from '../kit/statistics.ts';
import { pacesOnHeaders } from './paces-on-headers.ts';

/** Of the last requests, so many may be refused: a client that looks for its limit meets it now and then (backoff.md D6). */
const SHARE = 0.2;
/** A share above it is told from chance with this error. */
const FALSE_ALARM = 1e-4;
/** So many requests show a pace. */
const ENOUGH = 20;
/** A client needs time to find its pace. */
const LEAST_MS = 10_000;

export const adapts = defineRule({
  id: 'adapts',
  summary: 'finds its pace under a limit: runs into it less and less',
  source: `${sources.rateLimits}; AWS SDKs, Retry behavior: adaptive mode, https://docs.aws.amazon.com/sdkref/latest/guide/feature-retry-behavior.html; RFC 5681 §3.1 (additive increase, multiplicative decrease), https://www.rfc-editor.org/rfc/rfc5681#section-3.1`,
  severity: 'low',
  confidence: 'statistical',
  measures: `requests to a target from the first 429 of \`limits\` on, over ${LEAST_MS / 1_000} s and more: of their last third, ${ENOUGH} and more, at most ${SHARE * 100} % are refused; info above, and fails at one where the policy has \`adapts: true\``,
  falseAlarmBound: FALSE_ALARM,
  advice:
    'share one pace among all calls of a key: slow down by half at a 429, speed up a little after each success; or take as many requests and tokens a minute as x-ratelimit-limit-* tells',
  probe: pacesOnHeaders.probe,
  check: ({ entries, policy }) => {
    const found = askedTargets(entries).targets.flatMap((target) => pressureOf(target.entries));
    if (found.length === 0) return notApplicable('no limit refused a request');
    const long = found.filter(({ last, spanMs }) => spanMs >= LEAST_MS && last.n >= ENOUGH && last.admitted > 0);
    const [worst] = long.toSorted((a, b) => b.last.refused / b.last.n - a.last.refused / a.last.n);
    return worst === undefined ? tooShort(policy.adapts === true) : rulingOn(worst, policy.adapts === true);
  },
});

/** Requests to one target under a limit, and how many of them it refused. */
interface Share {
  readonly n: number;
  readonly refused: number;
  readonly admitted: number;
}

/** How a client ran into the limit of a target. */
interface Pressure {
  /** From the first refusal to the last request. */
  readonly spanMs: number;
  readonly first: Share;
  readonly last: Share;
  /** The refusals in the last third. */
  readonly refusals: readonly JournalEntry[];
}

function pressureOf(asked: readonly JournalEntry[]): Pressure[] {
  const from = asked.findIndex(isRefusal);
  const limited = asked.slice(from);
  const [start] = limited;
  const end = limited.at(-1);
  if (from < 0 || start === undefined || end === undefined) return [];
  const third = Math.floor(limited.length / 3);
  const last = limited.slice(limited.length - third);
  return [
    {
      spanMs: end.t_headers - start.t_headers,
      first: shareOf(limited.slice(0, third)),
      last: shareOf(last),
      refusals: last.filter(isRefusal),
    },
  ];
}

function shareOf(asked: readonly JournalEntry[]): Share {
  return {
    n: asked.length,
    refused: asked.filter(isRefusal).length,
    admitted: asked.filter((entry) => failureOf(entry) === undefined).length,
  };
}

/** Refused by a limit, not by a fault of the scenario, which does not ask how fast a client is. */
function isRefusal(entry: JournalEntry): boolean {
  return entry.status === 429 && entry.refusedBy === 'api' && entry.faultApplied === null && !isQuota(entry);
}

function tooShort(isAsked: boolean): RuleResult {
  const explain = `a limit refused requests, but for less than ${LEAST_MS / 1_000} s, or there were fewer than ${3 * ENOUGH} requests in that time`;
  return isAsked ? { verdict: 'inconclusive', explain: `${explain}; run longer` } : notApplicable(explain);
}

function rulingOn({ spanMs, first, last, refusals }: Pressure, isAsked: boolean): RuleResult {
  const share = last.refused / last.n;
  const text = `in ${seconds(spanMs)} under a limit, ${last.refused} of the last ${plural(last.n, 'request')} ${last.refused === 1 ? 'was' : 'were'} refused, and ${first.refused} of the first ${first.n}`;
  const ruling: Omit<RuleResult, 'verdict' | 'explain'> = {
    n: last.n,
    statistic: { name: 'share refused of the last third', value: share, unit: 'share' },
    threshold: SHARE,
    correlation: 'exact',
  };
  if (share <= SHARE) return { ...ruling, verdict: 'pass', explain: text };
  const isChance = binomialTail(last.n, last.refused, SHARE) > FALSE_ALARM;
  if (isAsked && isChance)
    return { ...ruling, verdict: 'inconclusive', explain: `${text}: too few to tell from chance; run longer` };
  const [refusal] = refusals;
  return {
    ...ruling,
    verdict: isAsked ? 'fail' : 'info',
    explain: text,
    evidence:
      refusal === undefined
        ? []
        : [
            {
              call: refusal.logicalId,
              entries: refusals.slice(0, 10).map(({ seq }) => seq),
              line: `${refusals.length} × 429 of a limit`,
            },
          ],
  };
}
