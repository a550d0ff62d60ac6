import type { Reply } from '../../../wire/effect.ts';
import { answerLatencyMs } from '../../content/latency.ts';
import { promptTokens } from '../../content/tokens.ts';
import { answeringModel } from '../../models/served-model.ts';
import { charge } from '../../request/charge.ts';
import { inputsOf } from '../../request/prompt.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { fieldsOf } from '../../request/request.ts';
import { PRINTED, Success } from '../../wire/success.ts';
import { base64Json, floatsJson } from './embedding-json.ts';
import { dimensionsOf, embeddingVector } from './embedding-vector.ts';

/** Without a newline at its end: an inference from "one line" (wire.md 2.2). */
const FLOATS = new Success({ contentType: 'application/json', indent: 0, limited: true });
const BASE64 = new Success({ ...PRINTED, limited: true });

/** Embeddings (wire.md 3.5): in `float` on one line, in `base64` printed. Each vector is made when it is its turn. */
export function* embeddingsReply(context: ReplyContext): Reply {
  const { request, settings, libraries } = context;
  const ms = answerLatencyMs(0, context);
  if (context.bill !== undefined) charge(context, promptTokens(request, settings, libraries), 0);
  if (ms > 0) yield { type: 'wait', ms };
  const { encoding_format: format, dimensions: wanted } = fieldsOf(request);
  const [success, json] = format === 'base64' ? ([BASE64, base64Json] as const) : ([FLOATS, floatsJson] as const);
  yield success.head(context);
  const model = snapshotOf(context);
  const dimensions = settings.reply.dimensions ?? (typeof wanted === 'number' ? wanted : dimensionsOf(model));
  const { opening, middle, between, closing } = frameOf(success.text(embeddingsBody(context, [null, null])));
  const inputs = inputsOf(request) ?? [];
  yield { type: 'write', data: opening };
  for (const [index, input] of inputs.entries()) {
    yield { type: 'write', data: json(embeddingVector(model, input, dimensions)) };
    yield { type: 'write', data: `${middle}${index}${index + 1 < inputs.length ? between : closing}` };
  }
  yield { type: 'end' };
}

/** The body, its keys in the wire order of 2026. */
export function embeddingsBody<T>(context: ReplyContext, embeddings: readonly T[]) {
  const { request, settings, libraries } = context;
  const tokens = promptTokens(request, settings, libraries);
  return {
    object: 'list' as const,
    data: embeddings.map((embedding, index) => ({ object: 'embedding' as const, embedding, index })),
    model: snapshotOf(context),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

function snapshotOf({ request, settings }: ReplyContext): string {
  return answeringModel(request, settings, 'text-embedding-3-small').snapshot;
}

/** What stands around vectors: before the first, between each and its index, between an index and the next vector, at the end. */
interface Frame {
  readonly opening: string;
  readonly middle: string;
  readonly between: string;
  readonly closing: string;
}

/** Taken from the text of a body with two vectors that are null. */
function frameOf(text: string): Frame {
  const first = text.indexOf('null');
  const second = text.indexOf('null', first + 4);
  const index = text.indexOf('0', first);
  const middle = text.slice(first + 4, index);
  return {
    opening: text.slice(0, first),
    middle,
    between: text.slice(index + 1, second),
    closing: text.slice(second + 4 + middle.length + 1),
  };
}
