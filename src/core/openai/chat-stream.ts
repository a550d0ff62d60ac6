import type { Effect, Header, Reply } from '../reply/effect.ts';
import { type ChatAnswer, chatAnswer, chatUsage } from './chat-answer.ts';
import { ChunkWriter, DONE } from './chat-chunk.ts';
import type { ChatChoice, Said, ToolCall } from './chat-content.ts';
import type { ReplyContext } from './context.ts';
import { sampleLatencyMs } from './latency.ts';
import { headersOf } from './layer.ts';
import { idleBucketHeaders } from './rate-limit.ts';
import { asRecord, fieldsOf } from './request.ts';

const BODY: readonly Header[] = [
  ['content-type', 'text/event-stream; charset=utf-8'],
  ['transfer-encoding', 'chunked'],
];

/** A chat completion in server-sent events (wire.md 3.3). */
export function* chatStream(context: ReplyContext): Reply {
  const { settings, request } = context;
  const answer = chatAnswer(context);
  const latencies = context.random('latency');
  const ttft = sampleLatencyMs(settings.latency.ttft, latencies);
  if (ttft > 0) yield { type: 'wait', ms: ttft };
  const extra = [...BODY, ...idleBucketHeaders(context)];
  yield {
    type: 'head',
    status: 200,
    headers: headersOf({ layer: 'api', extra }, context),
  };

  const options = asRecord(fieldsOf(request)['stream_options']);
  const includeUsage = options?.['include_usage'] === true;
  const includeObfuscation = options?.['include_obfuscation'] !== false;
  const writer = new ChunkWriter(answer, {
    includeUsage,
    includeObfuscation,
    random: context.random('obfuscation'),
  });
  yield* chunks(answer, writer, () => sampleLatencyMs(settings.latency.interToken, latencies));
  if (includeUsage) yield writer.usage(chatUsage(answer, context));
  yield DONE;
  yield { type: 'end' };
}

/** The choices side by side: the first chunk of each, the second of each, and so on, a wait between the rounds. */
function* chunks({ choices }: ChatAnswer, writer: ChunkWriter, nextWaitMs: () => number): Iterable<Effect> {
  for (const { index, said } of choices) yield writer.delta(index, openingDelta(said));
  let live = choices.map((choice) => ({
    choice,
    deltas: deltasOf(choice.said)[Symbol.iterator](),
  }));
  for (let round = 0; live.length > 0; round++) {
    const next: typeof live = [];
    let waited = round === 0;
    for (const speaker of live) {
      const { value, done } = speaker.deltas.next();
      if (done === true) {
        yield finish(speaker.choice, writer);
        continue;
      }
      const ms = waited ? 0 : nextWaitMs();
      waited = true;
      if (ms > 0) yield { type: 'wait', ms };
      yield writer.delta(speaker.choice.index, value);
      next.push(speaker);
    }
    live = next;
  }
}

function finish({ index, finishReason }: ChatChoice, writer: ChunkWriter): Effect {
  return writer.finish(index, finishReason);
}

/** The delta that names the role. That of a refusal was not captured. */
function openingDelta(said: Said): string {
  if (said.kind === 'content') return '{"role":"assistant","content":"","refusal":null}';
  if (said.kind === 'refusal') return '{"role":"assistant","content":null,"refusal":""}';
  const [call, ...others] = said.calls;
  if (call === undefined || others.length > 0) return '{"role":"assistant","content":null}';
  return `{"role":"assistant","content":null,${headerOf(call, 0)},"refusal":null}`;
}

/** The deltas after the first. Tokens that stand for no text are not sent. */
function* deltasOf(said: Said): Iterable<string> {
  if (said.kind === 'tool_calls') yield* callDeltas(said.calls);
  else for (const piece of said.text.pieces()) if (piece !== '') yield `{"${said.kind}":${JSON.stringify(piece)}}`;
}

function* callDeltas(calls: readonly ToolCall[]): Iterable<string> {
  for (const [index, call] of calls.entries()) {
    if (calls.length > 1) yield `{${headerOf(call, index)}}`;
    const start = `{"tool_calls":[{"index":${index},"function":{"arguments":`;
    for (const piece of call.arguments.pieces()) if (piece !== '') yield `${start}${JSON.stringify(piece)}}}]}`;
  }
}

function headerOf({ id, name }: ToolCall, index: number): string {
  return `"tool_calls":[{"index":${index},"id":"${id}","type":"function","function":{"name":${JSON.stringify(name.text)},"arguments":""}}]`;
}
