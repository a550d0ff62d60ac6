import type { Effect, Reply } from '../../../wire/effect.ts';
import { type ContentGenerator, interleaved } from '../../content/interleaved.ts';
import { sampleLatencyMs } from '../../content/latency.ts';
import type { ChoiceLogprobs, TokenLogprob } from '../../content/logprobs.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asRecord, fieldsOf } from '../../request/request.ts';
import { DONE } from '../../wire/event.ts';
import { Success } from '../../wire/success.ts';
import { type ChatAnswer, chargeAnswer, chatAnswer, chatUsage } from './chat-answer.ts';
import { type ChatDelta, ChunkWriter } from './chat-chunk.ts';
import type { ChatChoice, MessageContent, ToolCall } from './chat-content.ts';

const SUCCESS = new Success({ contentType: 'text/event-stream; charset=utf-8', limited: true });

/** A chat completion in server-sent events (wire.md 3.3). */
export function* chatStream(context: ReplyContext): Reply {
  const { settings, request } = context;
  const answer = chatAnswer(context);
  chargeAnswer(answer, context);
  const latencies = context.random('latency');
  const ttft = sampleLatencyMs(settings.latency.ttft, latencies);
  if (ttft > 0) yield { type: 'wait', ms: ttft };
  yield SUCCESS.head(context);

  const options = asRecord(fieldsOf(request)['stream_options']);
  const includeUsage = options?.['include_usage'] === true;
  const includeObfuscation = options?.['include_obfuscation'] !== false;
  const writer = new ChunkWriter(answer, {
    includeUsage,
    includeObfuscation,
    isFinal: context.unchanged,
    random: context.random('obfuscation'),
  });
  for (const { index, said } of answer.choices) {
    yield writer.opening(index, openingDelta(said), answer.logprobsOf && logprobsAs(said, []));
  }
  const whole = wholeText(answer, context);
  if (whole !== undefined) {
    const { index, said, finishReason } = whole;
    yield* writer.texts(index, said.kind, said.text.pieces());
    yield writer.finish(index, finishReason);
  } else yield* interleaved(speakersOf(answer, writer), () => sampleLatencyMs(settings.latency.interToken, latencies));
  if (includeUsage) yield writer.usage(chatUsage(answer, context));
  yield DONE;
  yield { type: 'end' };
}

type Text = ChatChoice & { readonly said: Extract<MessageContent, { kind: 'content' | 'refusal' }> };

/** The one text of an answer that is sent without a wait, and that nothing looks at event by event. */
function wholeText({ choices, logprobsOf }: ChatAnswer, { settings, unchanged }: ReplyContext): Text | undefined {
  const [choice, ...others] = choices;
  const { interToken } = settings.latency;
  const waits = interToken.kind !== 'constant' || interToken.ms > 0;
  if (!unchanged || waits || logprobsOf !== undefined || choice === undefined || others.length > 0) return undefined;
  const { said } = choice;
  return said.kind === 'content' || said.kind === 'refusal' ? { ...choice, said } : undefined;
}

/** What each choice says after the chunk that names its role. */
function speakersOf({ choices, logprobsOf }: ChatAnswer, writer: ChunkWriter): readonly ContentGenerator[] {
  return choices.map((choice) => ({
    deltas: deltaEffects(choice, writer, logprobsOf?.(choice.index)),
    finish: () => writer.finish(choice.index, choice.finishReason),
  }));
}

/** The delta that names the role. That of a refusal was not captured, nor that of a legacy function call. */
function openingDelta(said: MessageContent): ChatDelta {
  if (said.kind === 'content') return { role: 'assistant', content: '', refusal: null };
  if (said.kind === 'refusal') return { role: 'assistant', content: null, refusal: '' };
  if (said.kind === 'function_call') {
    const header = { name: said.call.name.text, arguments: '' };
    return { role: 'assistant', content: null, function_call: header, refusal: null };
  }
  const [call, ...others] = said.calls;
  if (call === undefined || others.length > 0) return { role: 'assistant', content: null };
  return { role: 'assistant', content: null, ...headerOf(call, 0), refusal: null };
}

function* deltaEffects(
  { index, said }: ChatChoice,
  writer: ChunkWriter,
  logprobOf: ((token: string) => TokenLogprob) | undefined,
): Iterable<Effect> {
  if (said.kind === 'content' || said.kind === 'refusal') {
    for (const piece of said.text.pieces()) {
      if (piece === '') continue;
      if (logprobOf === undefined) yield writer.text(index, said.kind, piece);
      else yield writer.delta(index, { [said.kind]: piece }, logprobsAs(said, [logprobOf(piece)]));
    }
  } else for (const delta of callDeltas(said)) yield writer.delta(index, delta);
}

/** Log probabilities at their place; calls have none. The first chunk has an empty list of them. */
function logprobsAs({ kind }: MessageContent, logprobs: TokenLogprob[]): ChoiceLogprobs | undefined {
  if (kind === 'content') return { content: logprobs, refusal: null };
  return kind === 'refusal' ? { content: null, refusal: logprobs } : undefined;
}

/** The deltas after the first. Tokens that stand for no text are not sent. */
function* callDeltas(said: Extract<MessageContent, { kind: 'tool_calls' | 'function_call' }>): Iterable<ChatDelta> {
  if (said.kind === 'function_call') {
    for (const piece of piecesOf(said.call)) yield { function_call: { arguments: piece } };
    return;
  }
  for (const [index, call] of said.calls.entries()) {
    if (said.calls.length > 1) yield headerOf(call, index);
    for (const piece of piecesOf(call)) yield { tool_calls: [{ index, function: { arguments: piece } }] };
  }
}

function* piecesOf(call: ToolCall): Iterable<string> {
  for (const piece of call.arguments.pieces()) if (piece !== '') yield piece;
}

function headerOf({ id, name }: ToolCall, index: number): ChatDelta {
  return { tool_calls: [{ index, id, type: 'function', function: { name: name.text, arguments: '' } }] };
}
