import type { EventKind, Write } from '../../wire/effect.ts';

/** What every event begins with. */
export const DATA = 'data: ';

/** One server-sent event as OpenAI frames it (wire.md 3.3). */
export function event(kind: EventKind, data: string): Write {
  return { type: 'write', data: `${DATA}${data}\n\n`, event: kind };
}

/** The last event of every stream. */
export const DONE: Write = event('done', '[DONE]');
