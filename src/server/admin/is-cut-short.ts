import type { IncomingMessage } from 'node:http';

interface CutRequest extends Pick<IncomingMessage, 'complete' | 'destroyed' | 'readableEnded' | 'method'> {
  /** Of HTTP/2: the stream was reset. It is destroyed a moment later. */
  readonly aborted?: boolean;
}

/**
 * Whether the connection of a request ended before the whole request was read: the client has left, and waits for no answer. All
 * of its body may have come by then. Without a body there is nothing to read.
 */
export function isCutShort({ complete, destroyed, aborted = false, readableEnded, method }: CutRequest): boolean {
  const isRead = readableEnded || method === 'GET';
  return (destroyed || aborted) && !(complete && isRead);
}
