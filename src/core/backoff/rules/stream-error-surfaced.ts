import { judgeNoticed, wasLeftWith } from '../kit/noticed.ts';
import { defineRule } from '../kit/rule.ts';

export const streamErrorSurfaced = defineRule({
  id: 'stream_error_surfaced',
  summary: 'lets the caller know of an error, also inside of a stream, and of an answer that cannot be read',
  source:
    'go-openai #396, https://github.com/sashabaranov/go-openai/pull/396; vercel/ai #4726, https://github.com/vercel/ai/issues/4726',
  severity: 'high',
  confidence: 'deterministic',
  measures: 'outcome of calls with an in-band error or a broken body; fails when the client says ok',
  falseAlarmBound: 0,
  needsOutcome: true,
  advice: 'look for `error` in every event, and let parse errors reach the caller',
  probe: {
    name: 'stream-error',
    windowMs: 15_000,
    variants: [
      { name: 'error, then [DONE]', rules: [{ fault: 'stream_error' }], stream: true },
      { name: 'error, no [DONE]', rules: [{ fault: { stream_error: { done: false } } }], stream: true },
      { name: 'error first', rules: [{ fault: { stream_error: { after_chunks: 0 } } }], stream: true },
      { name: 'malformed chunk', rules: [{ fault: 'malformed_chunk' }], stream: true },
      { name: 'truncated body', rules: [{ fault: 'truncated_body' }] },
      { name: 'malformed JSON', rules: [{ fault: 'malformed_json' }] },
    ],
  },
  looksAt: 'eventful calls',
  check: (subject) =>
    judgeNoticed(subject, {
      what: 'broken answer',
      // An error answer that the client calls a success was swallowed, too.
      breaks: (attempt, call) =>
        (attempt.failure === 'content' && wasLeftWith(attempt, 'unreadable', 'mislabelled')) ||
        (attempt.failure === 'status' && call.tries.at(-1) === attempt && subject.outcomeOf(call)?.ok === true),
      overlooked: 'fail',
    }),
});
