import { asList, asRecord, type Fields } from './request.ts';

/** Who speaks: names differ from API to API. */
const SPEAKERS = new Map([
  ['developer', 'system'],
  ['function', 'tool'],
]);

/** What a message says, part by part: who speaks, and a text, an image, a call of a tool, or what a tool gave back. */
export function* messageParts(message: Fields): Iterable<string> {
  const { role, content } = message;
  const speaker = SPEAKERS.get(String(role)) ?? String(role);
  yield* contentParts(speaker, content);
  for (const call of [...asList(message['tool_calls']), { function: message['function_call'] }]) {
    const called = asRecord(asRecord(call)?.['function']);
    if (called !== undefined) yield callPart(called);
  }
}

/**
 * The messages, or items of an input, without an answer that is begun in the last one: a client that resumes a stream that broke off
 * sends what it has of it there, and asks the same.
 */
export function withoutBegunAnswer(messages: readonly unknown[]): readonly unknown[] {
  const last = asRecord(messages.at(-1));
  const isBegun = messages.length > 1 && last?.['role'] === 'assistant' && asList(last['tool_calls']).length === 0;
  return isBegun ? messages.slice(0, -1) : messages;
}

/** The call of a tool. */
export function callPart({ name, arguments: given }: Fields): string {
  return `assistant call ${String(name)} ${String(given)}`;
}

/** What one speaker says: a text, or parts. */
export function* contentParts(speaker: string, content: unknown): Iterable<string> {
  if (typeof content === 'string') yield `${speaker} text ${content}`;
  for (const each of asList(content)) {
    const part = asRecord(each) ?? {};
    const { text, image_url: image } = part;
    const url = asRecord(image)?.['url'] ?? image;
    if (typeof text === 'string') yield `${speaker} text ${text}`;
    else if (typeof url === 'string') yield `${speaker} image ${url}`;
    else yield `${speaker} ${JSON.stringify(part)}`;
  }
}
