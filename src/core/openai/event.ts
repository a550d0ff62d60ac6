import type { EventKind, Write } from '../reply/effect.ts';

/** One server-sent event as OpenAI frames it (wire.md 3.3). */
export function event(kind: EventKind, data: string): Write {
  return { type: 'write', data: `data: ${data}\n\n`, event: kind };
}

/** The last event of every stream. */
export const DONE: Write = event('done', '[DONE]');
