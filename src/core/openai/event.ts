import type { EventKind, Write } from '../reply/effect.ts';

/** One list for all events of a kind: a stream may have a hundred thousand of them. */
const LISTS: Readonly<Record<EventKind, readonly EventKind[]>> = {
  opening: ['opening'],
  content: ['content'],
  finish: ['finish'],
  usage: ['usage'],
  error: ['error'],
  done: ['done'],
};

/** One server-sent event as OpenAI frames it (wire.md 3.3). */
export function event(kind: EventKind, data: string): Write {
  return { type: 'write', data: `data: ${data}\n\n`, events: LISTS[kind] };
}

/** The last event of every stream. */
export const DONE: Write = event('done', '[DONE]');
