import type { EndpointName } from '../endpoint.ts';
import type { ErrorAnswer } from '../error.ts';
import { chatError } from './chat-error.ts';
import { completionsError } from './completions-error.ts';
import { embeddingsError } from './embeddings-error.ts';
import { moderationsError } from './moderations-error.ts';
import type { Fields, Terms } from './terms.ts';

/** What an endpoint finds wrong with the fields of a request whose key, JSON and model are good. */
export const endpointErrors: Partial<Record<EndpointName, (fields: Fields, terms: Terms) => ErrorAnswer | undefined>> = {
  'chat.completions': chatError,
  completions: completionsError,
  embeddings: embeddingsError,
  moderations: moderationsError,
};
