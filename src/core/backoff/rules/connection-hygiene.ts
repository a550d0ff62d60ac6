import { largest } from '../../collections/largest.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory } from '../history/call-history.ts';
import { backoffProbe } from '../kit/backoff-probe.ts';
import { seconds } from '../kit/observation.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';

const NEEDED = 20;
const SILENCE_MS = 30_000;
const REUSED = 0.9;

export const connectionHygiene = defineRule({
  id: 'connection_hygiene',
  summary: 'reuses connections, and never waits for ever for a free one',
  source: 'client-go reads and closes the body before a retry, https://github.com/kubernetes/client-go',
  severity: 'low',
  confidence: 'deterministic',
  measures: `sockets per attempt over ${NEEDED} retries (info above ${REUSED}); fails when calls are outstanding and none arrives for ${SILENCE_MS / 1_000} s`,
  falseAlarmBound: 0,
  advice: 'read or discard the body of a failed answer, so that its connection goes back to the pool',
  probe: backoffProbe,
  check: ({ calls, entries, outcomes = [], watchedUntil }) => {
    const outstanding = outcomes.filter(({ ok }) => ok === null);
    const silentMs = outstanding.length === 0 ? 0 : silenceMs(entries, watchedUntil);
    if (silentMs > SILENCE_MS) {
      return {
        verdict: 'fail',
        explain: `${plural(outstanding.length, 'call is', 'calls are')} outstanding, and no attempt came for ${seconds(silentMs)}`,
        n: outstanding.length,
        statistic: { name: 'silence', value: silentMs, unit: 'ms' },
        threshold: SILENCE_MS,
        evidence: outstanding.map(({ call }) => ({ call, entries: [], line: `never came back, nothing in flight` })),
      };
    }
    const retries = calls.reduce((sum, { tries }) => sum + tries.length - 1, 0);
    if (retries < NEEDED)
      return notApplicable(`${NEEDED} retries are needed, there ${retries === 1 ? 'was' : 'were'} ${retries}`);
    const attempts = calls.length + retries;
    const sockets = socketsOf(calls);
    const value = sockets / attempts;
    return {
      verdict: value > REUSED ? 'info' : 'pass',
      explain: `${plural(sockets, 'connection')} for ${plural(attempts, 'attempt')}`,
      n: retries,
      statistic: { name: 'sockets per attempt', value, unit: 'ratio' },
      threshold: REUSED,
    };
  },
});

/** How long nothing has come and nothing was to be waited for; 0 while a request is under way. */
function silenceMs(entries: readonly JournalEntry[], watchedUntil: number): number {
  const last = entries.at(-1);
  if (last === undefined || entries.some(({ t_end }) => t_end === null)) return 0;
  const dueAt = largest(
    entries.map(({ hint }) => hint?.dueAt ?? 0),
    0,
  );
  return watchedUntil - Math.max(last.t_end ?? 0, dueAt);
}

function socketsOf(calls: readonly CallHistory[]): number {
  const sockets = new Set<number>();
  for (const { tries } of calls) for (const { entry } of tries) sockets.add(entry.connId);
  return sockets.size;
}
