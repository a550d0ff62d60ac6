import { apiError, type ErrorAnswer } from './error.ts';

/* Errors about the images of a message, of layer A; the request was admitted before they were found. */

/** wire.md 400-27; 199 bytes for a URL of 47 characters. */
export function imageUnreachable(url: string): ErrorAnswer {
  return apiError(400, `Error while downloading ${url}.`, { code: 'invalid_image_url' });
}
