import type { Effect } from '../reply/effect.ts';

/** One server-sent event as OpenAI frames it (wire.md 3.3). */
export function event(data: string): Effect {
  return { type: 'write', data: `data: ${data}\n\n` };
}

/** The last event of every stream. */
export const DONE: Effect = event('[DONE]');
