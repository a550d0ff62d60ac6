import type { Completion } from 'openai/resources/completions';
import type { CreateEmbeddingResponse } from 'openai/resources/embeddings';
import type { Model } from 'openai/resources/models';
import type { ModerationCreateResponse } from 'openai/resources/moderations';
import type { ResponseStreamEvent } from 'openai/resources/responses/responses';
import { expectTypeOf, test } from 'vitest';
import type { ChatChunk } from '../../../src/core/openai/endpoints/chat/chat-chunk.ts';
import type { chatCompletionBody } from '../../../src/core/openai/endpoints/chat/chat-completion.ts';
import type { completionBody } from '../../../src/core/openai/endpoints/completions/completion.ts';
import type { CompletionChunk } from '../../../src/core/openai/endpoints/completions/completion-stream.ts';
import type { embeddingsBody } from '../../../src/core/openai/endpoints/embeddings/embeddings-reply.ts';
import type { modelObject } from '../../../src/core/openai/endpoints/models/models-reply.ts';
import type { moderationsBody } from '../../../src/core/openai/endpoints/moderations/moderations-reply.ts';
import type { EventFields, ResponseEvents } from '../../../src/core/openai/endpoints/responses/response-event.ts';
import type { ResponseObject } from '../../../src/core/openai/endpoints/responses/response-shape.ts';
import type {
  WireChatChunk,
  WireChatCompletion,
  WireCompletionChunk,
  WireEventFields,
  WireModeration,
  WireResponse,
} from './known-deviations.ts';

/* Checked by `tsc -b`; nothing happens when it runs. */

test('what is built satisfies the types of the official SDK, but for the known deviations', () => {
  expectTypeOf<ReturnType<typeof chatCompletionBody>>().toExtend<WireChatCompletion>();
  expectTypeOf<ChatChunk>().toExtend<WireChatChunk>();
  expectTypeOf<ReturnType<typeof completionBody>>().toExtend<Completion>();
  expectTypeOf<CompletionChunk>().toExtend<WireCompletionChunk>();
  expectTypeOf<ReturnType<typeof embeddingsBody<number[]>>>().toExtend<CreateEmbeddingResponse>();
  expectTypeOf<ReturnType<typeof moderationsBody>>().toExtend<
    Omit<ModerationCreateResponse, 'results'> & { results: WireModeration[] }
  >();
  expectTypeOf<ReturnType<typeof modelObject>>().toExtend<Model>();
  expectTypeOf<ResponseObject>().toExtend<WireResponse>();
  expectTypeOf<keyof EventFields | keyof ResponseEvents>().toExtend<ResponseStreamEvent['type']>();
  expectTypeOf<{ [Name in keyof EventFields]: EventFields[Name] }>().toExtend<WireEventFields>();
});
