import { memoize } from '../../../memo/body-memo.ts';
import { BoundedMemo } from '../../../memo/bounded-memo.ts';
import { rememberLast } from '../../../memo/remember-last.ts';
import type { Effect, Reply } from '../../../wire/effect.ts';
import { answerLatencyMs } from '../../content/latency.ts';
import type { ChoiceLogprobs, TokenLogprob } from '../../content/logprobs.ts';
import type { TokenText } from '../../content/token-text.ts';
import { charge } from '../../request/charge.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { LazyList } from '../../wire/json-pieces.ts';
import { lazyJsonReply, textReply } from '../../wire/json-reply.ts';
import { hole, PrintedTemplate } from '../../wire/printed-template.ts';
import { PRINTED, Success } from '../../wire/success.ts';
import {
  type ChatAnswer,
  type CompletionContent,
  chargeAnswer,
  chatUsage,
  completionContent,
  completionIdentity,
} from './chat-answer.ts';
import { type ChatChoice, type MessageContent, type ToolCall, tokensOf } from './chat-content.ts';

const SUCCESS = new Success({ ...PRINTED, limited: true });

/** A chat completion in one piece (wire.md 3.2), as late as the tokens of its longest choice would have been. */
export function chatCompletion(context: ReplyContext): Reply {
  const { settings, identity, libraries, request } = context;
  // What is filled in for one body is worth keeping where the body comes again.
  if (request.memo === undefined || context.leastCalls !== undefined) return saying(completionContent(context), context);
  let speech: CompletionContent | undefined;
  const plain = memoize(request.memo, 'completion', [request.path, settings, identity, libraries], () => {
    speech = completionContent(context);
    const text = plainText(speech, context);
    return text && { tokens: text.tokens, spent: text.spent, template: text.template.bind(2, text.values) };
  });
  if (plain === undefined) return saying(speech ?? completionContent(context), context);
  charge(context, plain.spent, plain.tokens);
  return timely(plain.tokens, () => plain.template.fill(identityValues(context)), context);
}

function saying(speech: CompletionContent, context: ReplyContext): Reply {
  const plain = plainText(speech, context);
  if (plain !== undefined) {
    const { template, values, tokens, spent } = plain;
    charge(context, spent, tokens);
    return timely(tokens, () => template.fill([...identityValues(context), ...values]), context);
  }
  let tokens = 0;
  for (const { said } of speech.choices) tokens = Math.max(tokens, tokensOf(said));
  chargeAnswer(speech, context);
  return choiceByChoice({ ...completionIdentity(context), ...speech }, tokens, context);
}

/** Log probabilities of many choices are 25 MB: each choice is made when it is its turn. */
function* choiceByChoice(answer: ChatAnswer, tokens: number, context: ReplyContext): Iterable<Effect> {
  const ms = answerLatencyMs(tokens, context);
  if (ms > 0) yield { type: 'wait', ms };
  const choices = new LazyList(lazyChoices(answer));
  yield* lazyJsonReply(SUCCESS, { ...chatCompletionBody(answer, context, () => []), choices }, context);
}

function* lazyChoices(answer: ChatAnswer): Iterable<unknown> {
  for (const choice of answer.choices) yield choiceObject(choice, answer, (tokens) => new LazyList(tokens));
}

/** An answer of so many tokens, when it is due. */
function timely(tokens: number, print: () => string, context: ReplyContext): Reply {
  const ms = answerLatencyMs(tokens, context);
  return ms > 0 ? later(ms, print, context) : textReply(SUCCESS, print(), context);
}

function* later(ms: number, print: () => string, context: ReplyContext): Iterable<Effect> {
  yield { type: 'wait', ms };
  yield* textReply(SUCCESS, print(), context);
}

function identityValues(context: ReplyContext): readonly string[] {
  const { id, created } = completionIdentity(context);
  return [`"${id}"`, String(created)];
}

/** An answer of one text, as most are. */
interface PlainText {
  /** Holes: id, time of creation, then the values. */
  readonly template: PrintedTemplate;
  /** All that is printed of it, but for what tells it from others that say the same. */
  readonly values: readonly string[];
  readonly tokens: number;
  /** Tokens in all. */
  readonly spent: number;
}

function plainText(speech: CompletionContent, context: ReplyContext): PlainText | undefined {
  const { model, choices, logprobsOf } = speech;
  const choice = choices[0];
  if (choice?.said.kind !== 'content' || choices.length > 1 || logprobsOf !== undefined || !PLAIN.test(model.snapshot)) {
    return undefined;
  }
  const spent = chatUsage(speech, context);
  const values = [
    JSON.stringify(choice.said.text.text),
    String(spent.prompt_tokens),
    String(spent.completion_tokens),
    String(spent.total_tokens),
    String(spent.completion_tokens_details.reasoning_tokens),
  ];
  return { template: templateOf({ speech, choice, context }), values, tokens: tokensOf(choice.said), spent: spent.total_tokens };
}

/** Templates by what does not differ from answer to answer: model, configuration, tier, end. */
const templates = new BoundedMemo<string, PrintedTemplate>(500);
/** Names that hold no holes. */
const PLAIN = /^[\w.:-]{1,80}$/;

/** What a template is made of. */
interface Printing {
  readonly speech: CompletionContent;
  readonly choice: ChatChoice;
  readonly context: ReplyContext;
}

const templateOf = rememberLast(
  (printing: Printing): PrintedTemplate => {
    const { speech, choice } = printing;
    const { model, fingerprint, serviceTier } = speech;
    const key = `${model.snapshot} ${model.reasoning} ${fingerprint} ${serviceTier} ${choice.finishReason}`;
    return templates.get(key, () => createTemplate(printing));
  },
  ({ speech, choice }, { given }) =>
    speech.model.snapshot === given.speech.model.snapshot &&
    speech.model.reasoning === given.speech.model.reasoning &&
    speech.fingerprint === given.speech.fingerprint &&
    speech.serviceTier === given.speech.serviceTier &&
    choice.finishReason === given.choice.finishReason,
);

function createTemplate({ speech, choice, context }: Printing): PrintedTemplate {
  const text = { text: hole(2), tokens: 0, pieces: () => [] };
  const open = {
    ...speech,
    id: hole(0),
    created: hole<number>(1),
    choices: [{ ...choice, said: { kind: 'content', text } as const }],
  };
  const body = chatCompletionBody(open, context);
  const usage = {
    ...body.usage,
    prompt_tokens: hole(3),
    completion_tokens: hole(4),
    total_tokens: hole(5),
    completion_tokens_details: { ...body.usage.completion_tokens_details, reasoning_tokens: hole(6) },
  };
  return new PrintedTemplate(SUCCESS.text({ ...body, usage }), 7);
}

/** The body, its keys in wire order. */
export function chatCompletionBody(answer: ChatAnswer, context: ReplyContext, choicesOf = choiceObjects) {
  const { id, created, model, fingerprint, serviceTier } = answer;
  return {
    id,
    object: 'chat.completion' as const,
    created,
    model: model.snapshot,
    choices: choicesOf(answer),
    usage: chatUsage(answer, context),
    service_tier: serviceTier,
    system_fingerprint: fingerprint,
  };
}

function choiceObjects(answer: ChatAnswer) {
  return answer.choices.map((choice) => choiceObject(choice, answer, (tokens) => [...tokens]));
}

/** Reasoning models leave `logprobs` out. */
function choiceObject<Tokens>(
  { index, said, finishReason }: ChatChoice,
  { model, logprobsOf }: ChatAnswer,
  listOf: (tokens: Iterable<TokenLogprob>) => Tokens,
) {
  return {
    index,
    message: messageOf(said),
    ...(model.reasoning ? {} : { logprobs: logprobsOf === undefined ? null : choiceLogprobs(said, logprobsOf(index), listOf) }),
    finish_reason: finishReason,
  };
}

/** The message; the keys that it lacks are not there. */
function messageOf(said: MessageContent): ChatMessage {
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
function choiceLogprobs<Tokens>(
  said: MessageContent,
  logprobOf: (token: string) => TokenLogprob,
  listOf: (tokens: Iterable<TokenLogprob>) => Tokens,
): ChoiceLogprobs<Tokens> | null {
  if (said.kind !== 'content' && said.kind !== 'refusal') return null;
  const logprobs = listOf(tokenLogprobs(said.text, logprobOf));
  return said.kind === 'content' ? { content: logprobs, refusal: null } : { content: null, refusal: logprobs };
}

function* tokenLogprobs(text: TokenText, logprobOf: (token: string) => TokenLogprob): Iterable<TokenLogprob> {
  for (const piece of text.pieces()) if (piece !== '') yield logprobOf(piece);
}
