import type { ClientAnswer } from './client-call.ts';

/** What a client returned, as an answer: it comes from somebody else's code. */
export function checkedAnswer(answer: unknown): ClientAnswer {
  const { ok, text, error } = (typeof answer === 'object' && answer !== null ? answer : {}) as Record<string, unknown>;
  if (typeof ok !== 'boolean') return { ok: false, error: 'the client returned no { ok: true | false }' };
  return { ok, ...(text === undefined ? {} : { text: String(text) }), ...(error === undefined ? {} : { error: String(error) }) };
}
