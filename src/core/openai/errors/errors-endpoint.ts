import { apiError, type ErrorAnswer } from './error.ts';

/* Models that an endpoint does not serve. */

/** wire.md 1.3, "chat model on completions". Its layer is inferred: it names a parameter, as only the API does. */
export function chatModelOnCompletions(): ErrorAnswer {
  return apiError(
    404,
    'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?',
    { param: 'model' },
  );
}
