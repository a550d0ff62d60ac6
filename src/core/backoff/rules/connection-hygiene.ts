import { largest } from '../../collections/largest.ts';
import { plural } from '../../text/plural.ts';
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
    const last = entries.at(-1);
    const dueAt = largest(
      entries.map(({ hint }) => hint?.dueAt ?? 0),
      0,
    );
    const outstanding = outcomes.filter(({ ok }) => ok === null);
    const answered = entries.every(({ t_end }) => t_end !== null);
    const silentMs = last === undefined ? 0 : watchedUntil - Math.max(last.t_end ?? 0, dueAt);
    if (outstanding.length > 0 && answered && silentMs > SILENCE_MS) {
      return {
        verdict: 'fail',
        explain: `${plural(outstanding.length, 'call is', 'calls are')} outstanding, and no attempt came for ${seconds(silentMs)}`,
        n: outstanding.length,
        statistic: { name: 'silence', value: silentMs, unit: 'ms' },
        threshold: SILENCE_MS,
        evidence: outstanding.map(({ call }) => ({ call, entries: [], line: `never came back, nothing in flight` })),
      };
    }
    const retries = calls.reduce((sum, { tries }) => sum + Math.max(0, tries.length - 1), 0);
    if (retries < NEEDED)
      return notApplicable(`${NEEDED} retries are needed, there ${retries === 1 ? 'was' : 'were'} ${retries}`);
    const attempts = calls.reduce((sum, { tries }) => sum + tries.length, 0);
    const sockets = new Set(calls.flatMap(({ tries }) => tries.map(({ entry }) => entry.connId))).size;
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
