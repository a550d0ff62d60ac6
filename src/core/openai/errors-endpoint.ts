import { type ErrorAnswer, gatewayError } from './error.ts';

/* Models that an endpoint does not serve. That the gateway answers goes by the headers of chat's 404 (wire.md 2.3). */

/** wire.md 1.3, "chat model on completions". */
export function chatModelOnCompletions(): ErrorAnswer {
  return gatewayError(
    404,
    'This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?',
    { param: 'model' },
  );
}
