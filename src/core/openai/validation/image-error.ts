import type { ErrorAnswer } from '../error.ts';
import { unsupportedImage } from '../errors.ts';
import { asList, asRecord } from '../request.ts';

const IMAGE = /^data:image\/(?:png|jpe?g|gif|webp)[;,]/i;

/** wire.md 400-28 for images that travel in the request; those that are only linked are not looked at. */
export function imageError(messages: readonly unknown[]): ErrorAnswer | undefined {
  return messages.some((message) => asList(asRecord(message)?.['content']).some(isUnreadable)) ? unsupportedImage() : undefined;
}

function isUnreadable(part: unknown): boolean {
  const url = asRecord(asRecord(part)?.['image_url'])?.['url'];
  return typeof url === 'string' && /^data:/i.test(url.slice(0, 5)) && !IMAGE.test(url.slice(0, 32));
}
