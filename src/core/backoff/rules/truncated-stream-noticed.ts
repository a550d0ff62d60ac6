import { judgeNoticed, wasLeftWith } from '../kit/noticed.ts';
import { defineRule } from '../kit/rule.ts';

export const truncatedStreamNoticed = defineRule({
  id: 'truncated_stream_noticed',
  summary: 'does not take a stream that was cut for a complete answer',
  source: 'pi #4345, https://github.com/earendil-works/pi/issues/4345',
  severity: 'high',
  confidence: 'deterministic',
  measures:
    'outcome of calls whose stream ended without finish_reason and [DONE], or without response.completed; warns when the client says ok (SDKs leave it to the application)',
  falseAlarmBound: 0,
  needsOutcome: true,
  advice: 'treat a stream that ends without a finish_reason, or without response.completed, as an error',
  probe: {
    name: 'truncated-stream',
    windowMs: 15_000,
    variants: (['clean', 'close'] as const).map((end) => ({
      name: end,
      rules: [{ fault: { truncated_stream: { after_chunks: 5, end } } }],
      stream: true,
    })),
  },
  looksAt: 'eventful calls',
  check: (subject) =>
    judgeNoticed(subject, {
      what: 'truncated stream',
      breaks: (attempt) => attempt.failure === 'content' && wasLeftWith(attempt, 'truncated'),
      overlooked: 'warn',
    }),
});
