import { largest } from '../../../collections/largest.ts';
import type { Reply } from '../../../wire/effect.ts';
import { answerLatencyMs } from '../../content/latency.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { LazyList } from '../../wire/json-pieces.ts';
import { lazyJsonReply } from '../../wire/json-reply.ts';
import { PRINTED, Success } from '../../wire/success.ts';
import {
  type CompletionAnswer,
  type CompletionText,
  chargeCompletion,
  completionAnswer,
  completionUsage,
} from './completion-answer.ts';
import { type CompletionChoice, legacyLogprobs, spokenTokens } from './completion-choice.ts';

const SUCCESS = new Success({ ...PRINTED, limited: true });

/** A legacy completion in one piece (wire.md 3.5), as late as the tokens of its longest text would have been. */
export function* completion(context: ReplyContext): Reply {
  const answer = completionAnswer(context);
  chargeCompletion(answer, context);
  const tokens = largest(
    answer.texts.map((text) => text.tokens),
    0,
  );
  const ms = answerLatencyMs(tokens, context);
  if (ms > 0) yield { type: 'wait', ms };
  const choices = new LazyList(choicesOf(answer));
  yield* lazyJsonReply(SUCCESS, { ...completionBody(answer, context, () => []), choices }, context);
}

/** The body, its keys in wire order. */
export function completionBody(
  answer: CompletionAnswer,
  context: ReplyContext,
  choices = (whole: CompletionAnswer) => [...choicesOf(whole)],
) {
  const { id, created, model } = answer;
  return {
    id,
    object: 'text_completion' as const,
    created,
    model,
    choices: choices(answer),
    usage: completionUsage(answer, context),
  };
}

/** Log probabilities of many texts are 20 MB: each choice is made when it is its turn. */
function* choicesOf({ texts, logprobsOf }: CompletionAnswer): Iterable<CompletionChoice<CompletionText['finishReason']>> {
  for (const each of texts) {
    yield {
      text: each.text.text,
      index: each.index,
      logprobs: legacyLogprobs([...spokenTokens(each)], logprobsOf?.(each.index)),
      finish_reason: each.finishReason,
    };
  }
}
