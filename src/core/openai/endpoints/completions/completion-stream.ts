import type { Effect, EventKind, Reply, Write } from '../../../wire/effect.ts';
import { interleaved } from '../../content/interleaved.ts';
import { sampleLatencyMs } from '../../content/latency.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asRecord, fieldsOf } from '../../request/request.ts';
import { DONE, event } from '../../wire/event.ts';
import { Success } from '../../wire/success.ts';
import {
  type CompletionAnswer,
  type CompletionText,
  chargeCompletion,
  completionAnswer,
  completionUsage,
} from './completion-answer.ts';
import { type CompletionChoice, legacyLogprobs, spokenTokens } from './completion-choice.ts';

/** One event of a stream. Keys in wire order: the model comes last (wire.md 3.5). */
export interface CompletionChunk {
  readonly id: string;
  readonly object: 'text_completion';
  readonly created: number;
  readonly choices: CompletionChoice<CompletionText['finishReason'] | null>[];
  readonly model: string;
  /** Only where `stream_options` asks for it; that it comes as in chat is not in wire.md. */
  readonly usage?: ReturnType<typeof completionUsage> | null;
}

const SUCCESS = new Success({ contentType: 'text/event-stream', limited: true });

/** A legacy completion in server-sent events (wire.md 3.5). */
export function* completionStream(context: ReplyContext): Reply {
  const { settings, request } = context;
  const answer = completionAnswer(context);
  chargeCompletion(answer, context);
  const latencies = context.random('latency');
  const ttft = sampleLatencyMs(settings.latency.ttft, latencies);
  if (ttft > 0) yield { type: 'wait', ms: ttft };
  yield SUCCESS.head(context);

  const includeUsage = asRecord(fieldsOf(request)['stream_options'])?.['include_usage'] === true;
  const chunk = chunksOf(answer, includeUsage ? { usage: null } : {});
  const speakers = answer.texts.map((text) => ({
    deltas: deltasOf(text, answer, chunk),
    finish: () => chunk('finish', [{ text: '', index: text.index, logprobs: null, finish_reason: text.finishReason }]),
  }));
  yield* interleaved(speakers, () => sampleLatencyMs(settings.latency.interToken, latencies));
  if (includeUsage) yield chunksOf(answer, { usage: completionUsage(answer, context) })('usage', []);
  yield DONE;
  yield { type: 'end' };
}

type WriteChunk = (kind: EventKind, choices: CompletionChunk['choices']) => Write;

function chunksOf({ id, created, model }: CompletionAnswer, usage: Pick<CompletionChunk, 'usage'>): WriteChunk {
  return (kind, choices) =>
    event(kind, JSON.stringify({ id, object: 'text_completion', created, choices, model, ...usage } satisfies CompletionChunk));
}

function* deltasOf(each: CompletionText, { logprobsOf }: CompletionAnswer, chunk: WriteChunk): Iterable<Effect> {
  const logprobOf = logprobsOf?.(each.index);
  for (const spoken of spokenTokens(each)) {
    const logprobs = legacyLogprobs([spoken], logprobOf);
    yield chunk('content', [{ text: spoken.token, index: each.index, logprobs, finish_reason: null }]);
  }
}
