import { MAX_DURATION_MS } from '../duration.ts';
import type { Reply } from '../reply/effect.ts';
import type { AnswerSettings } from './answer-settings.ts';
import { type ChatAnswer, chatAnswer, chatUsage } from './chat-answer.ts';
import { type ChatChoice, type Said, tokensOf } from './chat-content.ts';
import type { ReplyContext } from './context.ts';
import { jsonReply } from './json-reply.ts';
import { sampleLatencyMs } from './latency.ts';
import { idleBucketHeaders } from './rate-limit.ts';

/** Latencies drawn for one answer; of a longer one the rest is taken to be like them. */
const MAX_DRAWS = 1_000;

/** A chat completion in one piece (wire.md 3.2), as late as its tokens would have been. */
export function* chatCompletion(context: ReplyContext): Reply {
  const answer = chatAnswer(context);
  const ms = thinkingMs(answer, context);
  if (ms > 0) yield { type: 'wait', ms };
  yield* jsonReply(chatCompletionBody(answer, context), { extra: idleBucketHeaders(context) }, context);
}

/** The body, its keys in wire order. */
function chatCompletionBody(answer: ChatAnswer, context: ReplyContext): unknown {
  const { id, created, model, fingerprint, choices } = answer;
  return {
    id,
    object: 'chat.completion',
    created,
    model: model.snapshot,
    choices: choices.map((choice) => choiceObject(choice, model.reasoning)),
    usage: chatUsage(answer, context),
    service_tier: 'default',
    system_fingerprint: fingerprint,
  };
}

/** Reasoning models leave `logprobs` out. */
function choiceObject({ index, said, finishReason }: ChatChoice, reasoning: boolean): unknown {
  return {
    index,
    message: messageOf(said),
    ...(reasoning ? {} : { logprobs: null }),
    finish_reason: finishReason,
  };
}

function messageOf(said: Said): unknown {
  switch (said.kind) {
    case 'content':
      return {
        role: 'assistant',
        content: said.text.text,
        refusal: null,
        annotations: [],
      };
    case 'refusal':
      return {
        role: 'assistant',
        content: null,
        refusal: said.text.text,
        annotations: [],
      };
    case 'tool_calls':
      return {
        role: 'assistant',
        content: null,
        tool_calls: said.calls.map(callObject),
        refusal: null,
        annotations: [],
      };
  }
}

function callObject(call: {
  readonly id: string;
  readonly name: { text: string };
  readonly arguments: { text: string };
}): unknown {
  return {
    id: call.id,
    type: 'function',
    function: { name: call.name.text, arguments: call.arguments.text },
  };
}

/** Time to the first token, and then from token to token of the longest choice; the choices are made side by side. */
function thinkingMs({ choices }: ChatAnswer, { settings, random }: ReplyContext): number {
  const { ttft, interToken }: AnswerSettings['latency'] = settings.latency;
  const draws = random('latency');
  const first = sampleLatencyMs(ttft, draws);
  const tokens = Math.max(...choices.map(({ said }) => tokensOf(said)));
  if (interToken.kind === 'constant') return Math.min(MAX_DURATION_MS, first + tokens * interToken.ms);
  const drawn = Math.min(tokens, MAX_DRAWS);
  let sum = 0;
  for (let i = 0; i < drawn; i++) sum += sampleLatencyMs(interToken, draws);
  return Math.min(MAX_DURATION_MS, first + (drawn === 0 ? 0 : (sum * tokens) / drawn));
}
