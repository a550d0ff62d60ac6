import type { JournalEntry } from '../../journal/entry.ts';
import { plural } from '../../text/plural.ts';
import type { CallHistory, Try } from '../history/call-history.ts';
import { tryObservation } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';

export const halfToolCallNotRun = defineRule({
  id: 'half_tool_call_not_run',
  summary: 'runs no call of a function whose arguments broke off or are not JSON',
  source:
    'OpenAI function calling (arguments may be invalid JSON), https://platform.openai.com/docs/guides/function-calling; dynamo #4723, https://github.com/ai-dynamo/dynamo/issues/4723',
  severity: 'high',
  confidence: 'deterministic',
  measures:
    'requests with the result of a call that went out with arguments that are not JSON; a result whose text speaks of an error tells the model so, and is no breach',
  falseAlarmBound: 0,
  advice:
    'parse the arguments before you run the function, and only when the answer is complete; tell the model of an error, or ask again',
  probe: probeOf('half-tool-call', 15_000, { rules: [{ attempts: 1, fault: { broken_tool_call: { how: 'cut' } } }] }),
  check: ({ calls, entries, clientEndedAt }) => {
    const broken = new Map<string, JournalEntry>();
    for (const entry of entries) for (const id of entry.brokenCalls ?? []) if (!broken.has(id)) broken.set(id, entry);
    if (broken.size === 0) return notApplicable('no call of a function went out broken');
    const results = calls.flatMap((call) =>
      call.tries.flatMap((attempt) =>
        (attempt.entry.toolResults ?? []).flatMap(({ id, reportsError }): readonly Result[] => {
          const cause = broken.get(id);
          return cause === undefined || attempt.entry.t_headers < cause.t_headers
            ? []
            : [{ call, attempt, id, reportsError, cause }];
        }),
      ),
    );
    const run = firstOfEach(results.filter(({ reportsError }) => !reportsError));
    const what = plural(broken.size, 'broken call', 'broken calls');
    const ruling = { n: broken.size, statistic: { name: 'run', value: run.length, unit: 'calls' } as const, threshold: 1 };
    if (run.length > 0) {
      return {
        ...ruling,
        verdict: 'fail',
        explain: `ran ${run.length} of ${what}: a later request brings the result`,
        evidence: run.map(({ call, attempt, id, cause }) => ({
          ...tryObservation(call, attempt, `brings the result of ${id}, which went out broken with request ${cause.seq}`),
          entries: [cause.seq, attempt.entry.seq],
        })),
      };
    }
    const last = Math.max(...[...broken.values()].map(({ t_headers: at }) => at));
    if (clientEndedAt === undefined && !entries.some(({ t_headers: at }) => at > last)) {
      return { ...ruling, verdict: 'inconclusive', explain: `no request came after ${what}, and the client has not ended` };
    }
    return { ...ruling, verdict: 'pass', explain: `no request brings the result of ${what}` };
  },
});

interface Result {
  readonly call: CallHistory;
  readonly attempt: Try;
  readonly id: string;
  readonly reportsError: boolean;
  readonly cause: JournalEntry;
}

/** A conversation brings each result again and again. */
function firstOfEach(results: readonly Result[]): readonly Result[] {
  const first = new Map<string, Result>();
  for (const result of [...results].sort((a, b) => a.attempt.entry.t_headers - b.attempt.entry.t_headers)) {
    if (!first.has(result.id)) first.set(result.id, result);
  }
  return [...first.values()];
}
