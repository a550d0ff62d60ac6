import { completionsError } from './completions-error.ts';
import { embeddingsError } from './embeddings-error.ts';
import type { EndpointName } from './endpoint.ts';
import type { ErrorAnswer } from './error.ts';
import { moderationsError } from './moderations-error.ts';
import type { ApiRequest } from './request.ts';

/** What an endpoint finds wrong with a request whose key, JSON and model are good; chat has rules of its own. */
export const endpointErrors: Partial<Record<EndpointName, (request: ApiRequest) => ErrorAnswer | undefined>> = {
  completions: completionsError,
  embeddings: embeddingsError,
  moderations: moderationsError,
};
