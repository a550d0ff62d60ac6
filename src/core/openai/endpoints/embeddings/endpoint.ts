import { inputTooLong } from '../../errors/errors.ts';
import { inputPrompt } from '../../request/prompt.ts';
import { defineEndpoint } from '../endpoint.ts';
import { embeddingsError, inputLimit } from './embeddings-error.ts';
import { embeddingsReply } from './embeddings-reply.ts';

/** The limit that is told for a model whose limit is not known, in tokens. */
const USUAL_LIMIT = 8_192;

/** `POST /v1/embeddings`. */
export const embeddings = defineEndpoint({
  name: 'embeddings',
  path: '/v1/embeddings',
  prompt: inputPrompt('input'),
  validate: embeddingsError,
  usual: { model: 'text-embedding-3-small', input: ' ' },
  overflow: (_context, { limit, contextWindow }) => inputTooLong(0, limit ?? inputLimit(contextWindow) ?? USUAL_LIMIT),
  reply: embeddingsReply,
});
