import { apiError, type ErrorAnswer } from './error.ts';

/*
 * Errors about the images of a message, of layer A, found after admission. Their x-ratelimit-*-input-images are left out:
 * no account is known to have which limits.
 */

/** wire.md 400-27; 199 bytes for a URL of 47 characters. */
export function imageUnreachable(url: string): ErrorAnswer {
  return { ...apiError(400, `Error while downloading ${url}.`, { code: 'invalid_image_url' }), admitted: true };
}

/** wire.md 400-28 (sic), 258 bytes. */
export function unsupportedImage(): ErrorAnswer {
  return {
    ...apiError(
      400,
      'You uploaded an unsupported image. Please make sure your image has of one the following formats: ' +
        "['png', 'jpeg', 'gif', 'webp'].",
      { code: 'invalid_image_format' },
    ),
    admitted: true,
  };
}
