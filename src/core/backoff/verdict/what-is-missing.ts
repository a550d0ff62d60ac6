import { smallest } from '../../collections/smallest.ts';
import type { DeclaredCalls } from '../../correlation/declared-calls.ts';
import { leavesOf } from '../../faults/registry.ts';
import { suggestedFaults } from '../../faults/suggested-faults.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import type { Finding } from '../kit/finding.ts';
import { seconds } from '../kit/observation.ts';
import { tellingCallsApart } from '../kit/telling-calls-apart.ts';
import { testsClient } from '../kit/tests-client.ts';
import type { DowntimeUse } from './downtime-use.ts';
import { type UnservedRequests, unservedText } from './unserved-requests.ts';
import type { RuleUse } from './verdict.ts';

/** What a verdict that is none is explained by. */
export interface Undecided {
  /** Those that the mock serves. */
  readonly entries: readonly JournalEntry[];
  readonly unserved: readonly UnservedRequests[];
  readonly findings: readonly Finding[];
  readonly rules: readonly RuleUse[];
  readonly watchedMs: number;
  /** Where to look when no request came. */
  readonly silence?: string | undefined;
  readonly downtimes?: readonly DowntimeUse[];
  /** What the program says of its calls. */
  readonly declared?: DeclaredCalls | undefined;
  /** Calls that ended with a broken answer, of which nobody knows what the client made. */
  readonly takenInSilence?: number;
}

/** Undecided rules that a line names. */
const NAMED_IN_LINE = 4;

/** What keeps a run from passing, and what to do about it, in one sentence. */
export function whatIsMissing(given: Undecided): string {
  const { entries, unserved, silence } = given;
  if (entries.length === 0 && unserved.length > 0) return `not exercised: ${unservedText(unserved)}`;
  if (entries.length === 0) return `not exercised: no request reached the mock${silence === undefined ? '' : `. ${silence}`}`;
  const besides = unserved.length === 0 ? '' : `; ${unservedText(unserved)}`;
  if (!entries.some(testsClient)) return `not exercised: ${whyUntested(given)}${besides}`;
  if (passedOnFault(given.findings)) {
    const isSuspected = given.findings.some(({ suspected }) => suspected === true);
    return `${keptText(given.findings)}, but ${isSuspected ? `${whyNonePassed(given)}${besides}` : unservedText(unserved)}`;
  }
  const { takenInSilence = 0, findings } = given;
  if (takenInSilence > 0 && !findings.some(({ suspected }) => suspected === true))
    return `nothing was shown: ${plural(takenInSilence, 'call')} ended with an answer that was spoilt or cut, and whether the client noticed only it can tell: mock-openai probe asks it${besides}`;
  return `no rule passed: ${whyNonePassed(given)}${besides}`;
}

/** Whether a rule was kept when it mattered. */
export function passedOnFault(findings: readonly Finding[]): boolean {
  return findings.some(({ verdict, onFault }) => verdict === 'pass' && onFault);
}

/** `the client keeps 3 rules`. */
export function keptText(findings: readonly Finding[]): string {
  return `the client keeps ${plural(findings.filter(({ verdict }) => verdict === 'pass').length, 'rule')}`;
}

/** `never_early, grows and 3 more`. */
export function namesText(names: readonly string[]): string {
  return names.length <= NAMED_IN_LINE
    ? names.join(', ')
    : `${names.slice(0, NAMED_IN_LINE - 1).join(', ')} and ${names.length - NAMED_IN_LINE + 1} more`;
}

function whyUntested({ entries, rules, watchedMs, downtimes = [] }: Undecided): string {
  const astray = entries.filter(({ endpoint }) => endpoint === null);
  const [first] = astray;
  if (first !== undefined && astray.length === entries.length) {
    const went = plural(astray.length, 'request went to a URL', 'requests went to URLs');
    return `${went} that OpenAI does not have (${first.method} ${first.path}). Does the base URL of the client end in /v1?`;
  }
  if (downtimes.length > 0)
    return 'no request was under way as the server went down, and what the system refused then is in no journal; let requests take some time (latency), or look at what the client says of its calls';
  const harmful = rules.filter((rule) => rule.harmful);
  if (harmful.length === 0) return 'the scenario does nothing to a client; take one that does, such as rate-limited';
  const begins = smallest(harmful.map(({ fromMs = 0 }) => fromMs));
  const later =
    begins > watchedMs
      ? `: the first begins ${seconds(begins)} after the first request, and the client was done after ${seconds(watchedMs)}`
      : `; let the client make more requests, or others: ${namesText(harmful.map(({ id }) => id))}`;
  return `no fault of the scenario was reached${later}`;
}

function whyNonePassed({ entries, findings, declared }: Undecided): string {
  const undecided = findings.filter(({ verdict }) => verdict === 'inconclusive');
  const names = namesText(undecided.map(({ rule }) => rule));
  const rules = `${plural(undecided.length, 'rule is', 'rules are')} undecided (${names})`;
  if (undecided.some(({ correlation }) => correlation === 'ambiguous')) {
    const ways = tellingCallsApart(entries[0]?.session ?? 'default', declared);
    return `${rules}, for requests that say the same cannot be told apart as retries or calls of their own; ${ways}`;
  }
  const [first] = undecided;
  if (first !== undefined) return `${rules}, such as ${first.rule}: ${first.explain}`;
  const faults = entries.flatMap(({ faultApplied }) => faultApplied?.faults ?? []);
  const served = [...new Set(faults.filter((call) => leavesOf(call) !== 'unchanged').map(({ name }) => name))];
  return `what was done to the client (${served.length === 0 ? 'refusals' : namesText(served)}) bears on none; add faults that invite a retry, such as ${suggestedFaults.join(' and ')}`;
}
