import { groupBy } from '../../collections/group-by.ts';
import { smallest } from '../../collections/smallest.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import type { Policy } from '../../policy/policy.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory } from '../history/call-history.ts';
import { targetOf } from '../history/target.ts';
import type { RuleVerdict } from '../kit/finding.ts';
import { knownAfter } from '../kit/known-after.ts';
import { observations } from '../kit/observations.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';
import { seconds } from '../kit/seconds.ts';
import { sources } from '../kit/sources.ts';
import { limitedKeyProbe } from '../kit/targets-probes.ts';

const LEAST_WAIT_MS = 1_000;
const NEEDED = 20;
/** One call may be later than that on a busy machine. */
const FORGIVEN = 1;

export const coolsDownKey = defineRule({
  id: 'cools_down_key',
  summary: 'holds back other calls of the same key while one was told to wait',
  source: sources.rateLimitFields,
  severity: 'low',
  confidence: 'deterministic',
  measures: `first attempts of other calls that arrive within a wait of 1 s and more, those left out that were under way as it was told; info (few clients share a limiter), and fails at more than ${FORGIVEN} where the policy has \`rules: { cools_down_key: fail }\``,
  falseAlarmBound: 0,
  advice: 'share one limiter per API key among all calls of a process, and close it for the time of a Retry-After',
  probe: {
    ...probeOf('cools-down-key', 20_000, {
      rules: [{ first: 1, fault: { rate_limit: { retry_after: '3s' } } }],
      calls: 25,
      staggerMs: 200,
    }),
    oneProcess: true,
  },
  targetsProbe: limitedKeyProbe,
  check: ({ calls, policy, stalls = [] }) => {
    const windows = calls.flatMap(({ id, tries }) =>
      tries.flatMap(({ asked, entry }) =>
        asked?.dueAt == null || (asked.waitMs ?? 0) < LEAST_WAIT_MS
          ? []
          : [{ id, target: targetOf(entry), from: knownAfter(toldAt(entry), stalls), to: asked.dueAt }],
      ),
    );
    const firstWindow = smallest(windows.map(({ from }) => from));
    const later = calls.filter((call) => startOf(call) > firstWindow);
    if (windows.length === 0 || later.length === 0) return notApplicable('no call began after another was told to wait');
    const windowsOf = groupBy(windows, ({ target }) => target);
    const inside = [...groupBy(later, ({ tries: [first] }) => first && targetOf(first.entry))].flatMap(
      ([target = '', ofTarget]) => insideOf(ofTarget, windowsOf.get(target) ?? []),
    );
    const value = inside.length / later.length;
    return {
      verdict: verdictOn(inside.length, later.length, policy),
      explain: `${inside.length} of ${plural(later.length, 'call')} began while another call of the same key and model was told to wait${inside.length === 0 && later.length < NEEDED ? `; ${NEEDED} calls are needed to pass` : ''}`,
      n: later.length,
      statistic: { name: 'share of calls', value, unit: 'share' },
      evidence: observations(inside, ({ call, waitsForMs }) => ({
        call: call.id,
        entries: call.tries.slice(0, 1).map(({ entry }) => entry.seq),
        line: `began ${seconds(waitsForMs)} before the wait of another call of its key was over`,
      })),
    };
  },
});

/** Few clients share a limiter, so that it has to be asked for. */
function verdictOn(inside: number, later: number, { levels }: Policy): RuleVerdict {
  if (inside > FORGIVEN && levels['cools_down_key'] === 'fail') return 'fail';
  if (inside > 0) return 'info';
  return later < NEEDED ? 'info' : 'pass';
}

function toldAt({ t_firstByteBefore: at, t_headers: asked }: JournalEntry): number {
  return at ?? asked;
}

interface Window {
  /** The call that was told to wait. */
  readonly id: string;
  readonly from: number;
  readonly to: number;
}

/** A call that began while another was told to wait, and how long that wait was to last. */
interface Inside {
  readonly call: CallHistory;
  readonly waitsForMs: number;
}

/** The calls that began within the window of another. */
function insideOf(calls: readonly CallHistory[], windows: readonly Window[]): Inside[] {
  const waiting = windows.toSorted((a, b) => a.from - b.from);
  const begun = new Longest();
  const inside: Inside[] = [];
  let next = 0;
  for (const call of calls.toSorted((a, b) => startOf(a) - startOf(b))) {
    const at = startOf(call);
    for (let window = waiting[next]; window !== undefined && window.from < at; window = waiting[++next]) begun.add(window);
    const waitsForMs = begun.endOfOthers(call.id) - at;
    if (waitsForMs > 0) inside.push({ call, waitsForMs });
  }
  return inside;
}

/** When the first request of the call came. */
function startOf({ tries: [first] }: CallHistory): number {
  return first?.entry.t_headers ?? Number.NEGATIVE_INFINITY;
}

/** Of the windows that have begun, the one that ends last, and the last that another call has. */
class Longest {
  #first: Window | undefined;
  #second: Window | undefined;

  add(window: Window): void {
    const { id, to } = window;
    if (to >= (this.#first?.to ?? to)) {
      if (this.#first?.id !== id) this.#second = this.#first;
      this.#first = window;
    } else if (id !== this.#first?.id && to > (this.#second?.to ?? 0)) this.#second = window;
  }

  /** When the last window of any other call ends; 0 without one. */
  endOfOthers(id: string): number {
    return (this.#first?.id === id ? this.#second : this.#first)?.to ?? 0;
  }
}
