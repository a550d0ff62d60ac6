import { asRecord } from '../../../request/request.ts';

/** How far the response has got that is to be steered; undefined where it is none of this connection. */
export type SteeredResponse = { readonly isOver: boolean; readonly lane: string | undefined } | undefined;

/**
 * What is said to `response.steer`: the input comes back. No response of this mock can be steered, as some of OpenAI's
 * cannot (documented). The words of the messages and the number are unverified.
 */
export function steerFrame(previous: unknown, input: unknown, steered: SteeredResponse): string {
  const [code, message] = refusalOf(previous, input, steered);
  return JSON.stringify({
    type: 'response.steer.failed',
    error: { type: 'invalid_request_error', code, message },
    sequence_number: 0,
    steer: { input: input ?? null, previous_response_id: previous ?? null },
    ...(steered?.lane !== undefined && { stream_id: steered.lane }),
  });
}

function refusalOf(previous: unknown, input: unknown, steered: SteeredResponse): readonly [code: string, message: string] {
  if (typeof previous !== 'string' || !isInput(input)) {
    return ['invalid_input', 'Steering needs previous_response_id and input with messages of the user.'];
  }
  if (steered === undefined) return ['response_not_found', `Response with id '${previous}' not found on this connection.`];
  return steered.isOver
    ? ['response_already_completed', `Response with id '${previous}' is already completed.`]
    : ['steering_not_supported', 'This response does not support steering.'];
}

/** Messages of the user only. */
function isInput(input: unknown): boolean {
  if (typeof input === 'string') return input !== '';
  return Array.isArray(input) && input.length > 0 && input.every((item) => asRecord(item)?.['role'] === 'user');
}
