import { enumerate } from './enumerate.ts';
import { apiError, type ErrorAnswer, gatewayError } from './error.ts';

/* Errors about files and batches. Few of them are known (wire-responses.md 9). */

/** wire-responses.md 9. */
export function fileNotFound(id: string): ErrorAnswer {
  return gatewayError(404, `No such File object: ${id}`, { param: 'id' });
}

/** Unverified. */
export function unreadableForm(): ErrorAnswer {
  return gatewayError(400, 'Could not parse multipart form');
}

/** Unverified: by the template of wire.md 400-3. */
export function missingFormField(param: string): ErrorAnswer {
  return gatewayError(400, `Missing required parameter: '${param}'.`, { param, code: 'missing_required_parameter' });
}

/** Unverified: by the template of wire.md 400-7. */
export function invalidFormValue(param: string, value: string, supported: readonly string[]): ErrorAnswer {
  const message = `Invalid value: '${value}'. Supported values are: ${enumerate(supported)}.`;
  return gatewayError(400, message, { param, code: 'invalid_value' });
}

/** In words of the mock: what OpenAI has room for is far more. `most`: `1,000 files`. */
export function noRoomFor(most: string, advice: string): ErrorAnswer {
  return gatewayError(400, `This mock keeps no more than ${most} in a session. ${advice}`);
}

/** Unverified. */
export function batchNotFound(id: string): ErrorAnswer {
  return apiError(404, `No batch found with id '${id}'.`);
}

/** Unverified. */
export function batchNotCancellable(status: string): ErrorAnswer {
  return apiError(400, `Cannot cancel a batch with status '${status}'.`);
}
