import type { IncomingMessage } from 'node:http';

/**
 * Whether the connection of a request ended before the whole request was read: the client has left, and waits for no answer. All
 * of its body may have come by then. Without a body there is nothing to read.
 */
export function isCutShort({
  complete,
  destroyed,
  readableEnded,
  method,
}: Pick<IncomingMessage, 'complete' | 'destroyed' | 'readableEnded' | 'method'>): boolean {
  const isRead = readableEnded || method === 'GET';
  return destroyed && !(complete && isRead);
}
