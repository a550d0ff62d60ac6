import type { Reply } from '../reply/effect.ts';
import { type ChatAnswer, chatAnswer, chatUsage } from './chat-answer.ts';
import { type ChatChoice, type Said, type ToolCall, tokensOf } from './chat-content.ts';
import type { ReplyContext } from './context.ts';
import { jsonReply } from './json-reply.ts';
import { answerLatencyMs } from './latency.ts';
import type { ChoiceLogprobs, TokenLogprob } from './logprobs.ts';

/** A chat completion in one piece (wire.md 3.2), as late as the tokens of its longest choice would have been. */
export function* chatCompletion(context: ReplyContext): Reply {
  const answer = chatAnswer(context);
  const tokens = Math.max(...answer.choices.map(({ said }) => tokensOf(said)));
  const ms = answerLatencyMs(tokens, context.settings.latency, context.random('latency'));
  if (ms > 0) yield { type: 'wait', ms };
  yield* jsonReply('chat.completions', chatCompletionBody(answer, context), context);
}

/** The body, its keys in wire order. */
export function chatCompletionBody(answer: ChatAnswer, context: ReplyContext) {
  const { id, created, model, fingerprint, serviceTier, choices } = answer;
  return {
    id,
    object: 'chat.completion' as const,
    created,
    model: model.snapshot,
    choices: choices.map((choice) => choiceObject(choice, answer)),
    usage: chatUsage(answer, context),
    service_tier: serviceTier,
    system_fingerprint: fingerprint,
  };
}

/** Reasoning models leave `logprobs` out. */
function choiceObject({ index, said, finishReason }: ChatChoice, { model, logprobsOf }: ChatAnswer) {
  return {
    index,
    message: messageOf(said),
    ...(model.reasoning ? {} : { logprobs: logprobsOf === undefined ? null : choiceLogprobs(said, logprobsOf(index)) }),
    finish_reason: finishReason,
  };
}

/** The message; the keys that it lacks are not there. */
function messageOf(said: Said): ChatMessage {
  const ending = { annotations: [] };
  const calling = { role: 'assistant', content: null } as const;
  switch (said.kind) {
    case 'content':
      return { role: 'assistant', content: said.text.text, refusal: null, ...ending };
    case 'refusal':
      return { ...calling, refusal: said.text.text, ...ending };
    case 'tool_calls':
      return { ...calling, tool_calls: said.calls.map(callObject), refusal: null, ...ending };
    case 'function_call':
      return { ...calling, function_call: functionObject(said.call), refusal: null, ...ending };
  }
}

interface ChatMessage {
  readonly role: 'assistant';
  readonly content: string | null;
  readonly tool_calls?: ReturnType<typeof callObject>[];
  readonly function_call?: ReturnType<typeof functionObject>;
  readonly refusal: string | null;
  readonly annotations: never[];
}

function callObject(call: ToolCall) {
  return { id: call.id, type: 'function' as const, function: functionObject(call) };
}

function functionObject(call: ToolCall) {
  return { name: call.name.text, arguments: call.arguments.text };
}

/** Calls have none. Tokens that stand for no text are left out, as in a stream. */
function choiceLogprobs(said: Said, logprobOf: (token: string) => TokenLogprob): ChoiceLogprobs | null {
  if (said.kind !== 'content' && said.kind !== 'refusal') return null;
  const logprobs = [...said.text.pieces()].filter((piece) => piece !== '').map(logprobOf);
  return said.kind === 'content' ? { content: logprobs, refusal: null } : { content: null, refusal: logprobs };
}
