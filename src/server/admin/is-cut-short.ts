import type { IncomingMessage } from 'node:http';

/** Whether the connection of a request ended before the whole request had come: the client has left, and waits for no answer. */
export function isCutShort({ complete, destroyed }: Pick<IncomingMessage, 'complete' | 'destroyed'>): boolean {
  return destroyed && !complete;
}
