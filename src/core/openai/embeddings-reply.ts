import { base64 } from '../base64.ts';
import type { Reply } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';
import { dimensionsOf, embeddingVector } from './embedding-vector.ts';
import { inputsOf } from './inputs.ts';
import { jsonReply } from './json-reply.ts';
import { answerLatencyMs } from './latency.ts';
import { modelNamed } from './models.ts';
import { fieldsOf, modelOf } from './request.ts';
import { promptTokens } from './tokens.ts';

/** Numbers of 32 bits in as many decimal digits as tell them apart. */
const FLOAT_DIGITS = 9;

/** Embeddings (wire.md 3.5): in `float` on one line, in `base64` printed. */
export function* embeddingsReply(context: ReplyContext): Reply {
  const { settings, random, request } = context;
  const ms = answerLatencyMs(0, settings.latency, random('latency'));
  if (ms > 0) yield { type: 'wait', ms };
  if (fieldsOf(request)['encoding_format'] === 'base64') {
    yield* jsonReply('embeddings base64', embeddingsBody(context, toBase64), context);
  } else yield* jsonReply('embeddings float', embeddingsBody(context, toNumbers), context);
}

/** The body, its keys in the wire order of 2026. */
export function embeddingsBody<T>(context: ReplyContext, encode: (vector: Float32Array) => T) {
  const { request, settings, libraries } = context;
  const model = modelNamed(modelOf(request) ?? 'text-embedding-3-small').snapshot;
  const { dimensions: wanted } = fieldsOf(request);
  const dimensions = typeof wanted === 'number' ? wanted : dimensionsOf(model);
  const tokens = promptTokens(request, settings, libraries);
  return {
    object: 'list' as const,
    data: (inputsOf(request) ?? []).map((input, index) => ({
      object: 'embedding' as const,
      embedding: encode(embeddingVector(model, input, dimensions)),
      index,
    })),
    model,
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  };
}

/** The numbers of a vector. */
export function toNumbers(vector: Float32Array): number[] {
  return Array.from(vector, (value) => Number(value.toPrecision(FLOAT_DIGITS)));
}

/** The numbers as 32-bit floats, the lowest byte first. */
function toBase64(vector: Float32Array): string {
  const view = new DataView(new ArrayBuffer(4 * vector.length));
  for (const [i, value] of vector.entries()) view.setFloat32(4 * i, value, true);
  return base64(new Uint8Array(view.buffer));
}
