import { apiError, type ErrorAnswer } from './error.ts';

/* Errors of the Responses API over a WebSocket (wire-responses.md 7). What a POST would be told is told in the same words. */

/** That it is not supported is documented; the words are made after their siblings. */
export function backgroundOverSocket(): ErrorAnswer {
  return apiError(400, "Unsupported parameter: 'background' is not supported over WebSocket.", {
    param: 'background',
    code: 'unsupported_parameter',
  });
}

/** Documented. */
export function socketExpired(): ErrorAnswer {
  return apiError(
    400,
    'Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.',
    { code: 'websocket_connection_limit_reached' },
  );
}

/** Unverified: that frames are text is documented, the words are not. */
export function frameNotText(): ErrorAnswer {
  return apiError(400, 'Invalid frame: expected a text frame with one JSON object, but got a binary frame.', {
    code: 'invalid_frame',
  });
}

/** Unverified. */
export function frameNotObject(found: string): ErrorAnswer {
  return apiError(400, `Invalid frame: expected an object, but got ${found} instead.`, { code: 'invalid_type' });
}

/** Not of OpenAI: how many turns a connection of theirs may have open is not known. */
export function tooManyTurns(limit: number, waitingMiB: number): ErrorAnswer {
  return apiError(
    429,
    `mock-openai keeps at most ${limit} turns of a WebSocket, and ${waitingMiB} MiB of those that wait. Wait for the answers to ` +
      'those before.',
    { type: 'mock_openai', code: 'too_many_turns' },
  );
}
