import { apiError, type ErrorAnswer } from './error.ts';

/* Errors that are the API service's own fault, or that it answers with when it cannot serve. */

/** wire.md 2.3, "500 JSON": the answer names neither version nor account. */
const ANONYMOUS = ['openai-organization', 'openai-project', 'openai-version'];

/** wire.md 1.5, "500 (2024-26)", 369 bytes. */
export function serverError(requestId: string): ErrorAnswer {
  const message =
    'The server had an error processing your request. Sorry about that! You can retry your request, or contact us ' +
    'through our help center at help.openai.com if you keep seeing this error. ' +
    `(Please include the request ID ${requestId} in your email.)`;
  return {
    ...apiError(500, message, { type: 'server_error' }),
    without: ANONYMOUS,
  };
}

/** wire.md 1.5, "503 JSON (2026)". That its headers are those of the 500 is an inference. */
export function overloaded(): ErrorAnswer {
  const fields = {
    type: 'service_unavailable_error',
    code: 'server_is_overloaded',
  };
  return {
    ...apiError(503, 'Our servers are currently overloaded. Please try again later.', fields),
    without: ANONYMOUS,
  };
}

/** wire.md 1.3, "408, 409": no capture, the text is made up. */
export function requestTimeout(): ErrorAnswer {
  return apiError(408, 'Request timed out.');
}

/** wire.md 1.3, "408, 409": no capture, the text is made up. */
export function conflict(): ErrorAnswer {
  return apiError(409, 'The request conflicts with another request. Please try again.', { code: 'conflict' });
}

/** wire.md 1.3, "422": never seen from chat, the text is made up. */
export function unprocessable(): ErrorAnswer {
  return apiError(422, 'The request could not be processed.', {
    code: 'unprocessable_entity',
  });
}
