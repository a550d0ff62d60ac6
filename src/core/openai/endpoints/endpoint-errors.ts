import type { ErrorAnswer } from '../errors/error.ts';
import type { EndpointName } from '../request/endpoint.ts';
import type { Fields, Terms } from '../validation/terms.ts';
import { chatError } from './chat/chat-error.ts';
import { completionsError } from './completions/completions-error.ts';
import { embeddingsError } from './embeddings/embeddings-error.ts';
import { moderationsError } from './moderations/moderations-error.ts';

/** What an endpoint finds wrong with the fields of a request whose key, JSON and model are good. */
export const endpointErrors: Partial<Record<EndpointName, (fields: Fields, terms: Terms) => ErrorAnswer | undefined>> = {
  'chat.completions': chatError,
  completions: completionsError,
  embeddings: embeddingsError,
  moderations: moderationsError,
};
