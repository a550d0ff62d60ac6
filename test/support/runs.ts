import { historiesOf } from '../../src/core/backoff/history/history.ts';
import { ruleVerdicts } from '../../src/core/backoff/kit/finding.ts';
import type { Outage } from '../../src/core/backoff/kit/rule-evidence.ts';
import { judge } from '../../src/core/backoff/verdict/judge.ts';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { policyPresets } from '../../src/core/policy/policy.ts';
import { fork } from '../../src/core/random.ts';
import type { ReportInput } from '../../src/core/report/report.ts';
import { type Exchange, journalOf, T0 } from './exchanges.ts';

/** What a report is given of a journal, judged under the default policy. */
export function reportInput(entries: readonly JournalEntry[], outages: readonly Outage[] = []): ReportInput {
  const last = entries.at(-1);
  const verdict = judge(
    entries,
    { watchedUntil: (last?.t_end ?? T0) + 1_000, clientEndedAt: (last?.t_end ?? T0) + 1_000, outages },
    policyPresets['openai-guide'],
    {
      name: 'outage',
      seed: 7,
      rules: [
        { id: 'rule 1', harmful: true, served: entries.filter(({ faultApplied }) => faultApplied !== null).length },
        { id: 'never met', harmful: true, served: 0 },
      ],
    },
  );
  return { verdict, histories: historiesOf(entries), entries, outages, version: '1.2.3' };
}

/** A client that retries after two seconds whatever it is told, and one that waits. */
export function naiveRun(): ReportInput {
  return reportInput(
    journalOf([
      { call: 'naive', at: 0, status: 429, retryAfter: 30 },
      { call: 'naive', at: 2_014, status: 429, retryAfter: 30 },
      { call: 'naive', at: 6_020, status: 200 },
      { call: 'patient', at: 100, status: 429, retryAfter: 2 },
      { call: 'patient', at: 2_130, status: 200, tookMs: 900 },
      { call: 'reset', at: 300, status: null },
      { call: 'reset', at: 900, status: 503 },
      { call: 'reset', at: 2_100, status: 400 },
      { call: 'left', at: 500, status: null, tookMs: 4_000, left: true },
      { call: 'left', at: 5_000, status: 200 },
    ]),
  );
}

/** Sixty calls, every one retried with growing, jittered waits until an outage of ten seconds is over. */
export function outageRun(calls = 60, hint?: number): ReportInput {
  const exchanges: Exchange[] = [];
  const random = fork(5);
  for (let call = 0; call < calls; call++) {
    let at = (call * 20_000) / calls;
    for (let attempt = 0; attempt < 12; attempt++) {
      const down = at >= 5_000 && at < 15_000;
      const base = { call: `call-${call + 1}`, at, tookMs: down ? 8 : 300 + 200 * random() };
      exchanges.push({ ...base, status: down ? 503 : 200, ...(down && hint !== undefined ? { retryAfter: hint } : {}) });
      if (!down) break;
      at += 8 + Math.min(500 * 2 ** attempt, 8_000) * (1 - 0.25 * random());
    }
  }
  return reportInput(journalOf(exchanges), [{ from: T0 + 5_000, to: T0 + 15_000 }]);
}

/** One client that never stops, and ten thousand attempts. */
export function hotRun(): ReportInput {
  const exchanges = Array.from({ length: 10_000 }, (_, i) => ({
    call: i % 2 === 0 ? 'hot' : `call-${i % 1_000}`,
    at: i * 3,
    status: 500,
    tookMs: 1,
  }));
  return reportInput(journalOf(exchanges));
}

/** What a client may put into a header, to disturb whoever prints it. */
export const HOSTILE = '"></title><script>alert(1)</script>|`**\u001b[31mred\u0000\u009b\u202e]]>\n::error::%0A@team\ud800';

/** A run whose verdict has a finding of every kind, full of hostile texts. */
export function hostileRun(): ReportInput {
  const input = reportInput(
    journalOf([
      { call: HOSTILE, at: 0, status: 429, retryAfter: 3, more: { errorCode: HOSTILE } },
      { call: HOSTILE, at: 500, status: 200 },
      { call: '日本語のとても長い名前の呼び出し🧿🧿🧿', at: 600, status: 200 },
    ]),
  );
  const [finding] = input.verdict.findings;
  if (finding === undefined) throw new Error('there is no finding to copy');
  const findings = ruleVerdicts.map((verdict) => ({
    ...finding,
    rule: `rule_${verdict}`,
    verdict,
    explain: `because of ${HOSTILE}`,
    clock: 'censored@12s',
  }));
  const counts = Object.fromEntries(ruleVerdicts.map((verdict) => [verdict, 1])) as typeof input.verdict.counts;
  return {
    ...input,
    verdict: { ...input.verdict, explain: HOSTILE, scenario: HOSTILE, notReached: [HOSTILE], findings, counts },
    links: [
      { label: HOSTILE, href: `https://example.com/${HOSTILE}` },
      { label: 'script', href: 'javascript:alert(1)' },
    ],
  };
}

/** Runs of every kind, by name. */
export const RUNS: Readonly<Record<string, () => ReportInput>> = {
  'no request': () => reportInput([]),
  'a naive client': naiveRun,
  'an outage': () => outageRun(),
  'an outage with hints': () => outageRun(60, 4),
  'a hot loop of ten thousand attempts': hotRun,
  'hostile texts': hostileRun,
};
