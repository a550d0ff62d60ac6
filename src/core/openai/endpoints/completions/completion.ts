import { largest } from '../../../collections/largest.ts';
import type { Reply } from '../../../wire/effect.ts';
import { answerLatencyMs } from '../../content/latency.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { jsonReply } from '../../wire/json-reply.ts';
import { PRINTED, Success } from '../../wire/success.ts';
import { type CompletionAnswer, type CompletionText, completionAnswer, completionUsage } from './completion-answer.ts';
import { type CompletionChoice, legacyLogprobs, spokenTokens } from './completion-choice.ts';

const SUCCESS = new Success({ ...PRINTED, limited: true });

/** A legacy completion in one piece (wire.md 3.5), as late as the tokens of its longest text would have been. */
export function* completion(context: ReplyContext): Reply {
  const answer = completionAnswer(context);
  const tokens = largest(
    answer.texts.map((text) => text.tokens),
    0,
  );
  const ms = answerLatencyMs(tokens, context);
  if (ms > 0) yield { type: 'wait', ms };
  yield* jsonReply(SUCCESS, completionBody(answer, context), context);
}

/** The body, its keys in wire order. */
export function completionBody(answer: CompletionAnswer, context: ReplyContext) {
  const { id, created, model, texts, logprobsOf } = answer;
  return {
    id,
    object: 'text_completion' as const,
    created,
    model,
    choices: texts.map(
      (each): CompletionChoice<CompletionText['finishReason']> => ({
        text: each.text.text,
        index: each.index,
        logprobs: legacyLogprobs([...spokenTokens(each)], logprobsOf?.(each.index)),
        finish_reason: each.finishReason,
      }),
    ),
    usage: completionUsage(answer, context),
  };
}
