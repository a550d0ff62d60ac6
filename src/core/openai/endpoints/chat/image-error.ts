import type { ErrorAnswer } from '../../errors/error.ts';
import { imageUnreachable, unsupportedImage } from '../../errors/errors.ts';
import { asList, asRecord } from '../../request/request.ts';

const IMAGE = /^data:image\/(?:png|jpe?g|gif|webp)[;,]/i;

/** Hosts that only the client reaches: names that RFC 2606 and 6761 keep out of the DNS, loopback and private addresses. */
const OUT_OF_REACH =
  /^https?:\/\/(?:[^/?#@]*@)?(?:(?:[^/?#:]+\.)?(?:localhost|local|invalid|test)|(?:127|10)(?:\.\d{1,3}){3}|192\.168(?:\.\d{1,3}){2}|\[::1\])(?:[:/?#]|$)/i;

/**
 * wire.md 400-28 for images that travel in the request, and 400-27 for those that are linked from where OpenAI cannot get
 * them; no other link is followed.
 */
export function imageError(messages: readonly unknown[]): ErrorAnswer | undefined {
  for (const message of messages) {
    for (const part of asList(asRecord(message)?.['content'])) {
      const url = asRecord(asRecord(part)?.['image_url'])?.['url'];
      const error = typeof url === 'string' ? urlError(url) : undefined;
      if (error !== undefined) return error;
    }
  }
  return undefined;
}

function urlError(url: string): ErrorAnswer | undefined {
  if (isUnreadable(url)) return unsupportedImage();
  return OUT_OF_REACH.test(url.slice(0, 300)) ? imageUnreachable(url) : undefined;
}

function isUnreadable(url: string): boolean {
  return /^data:/i.test(url.slice(0, 5)) && !IMAGE.test(url.slice(0, 32));
}
