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
  return begunIn(messages) === undefined ? messages : messages.slice(0, -1);
}

/** UTF-16 units of the answer that is begun in the last message, or in the last item of an input; null where none is. */
export function begunAnswerLength({ messages, input }: Fields): number | null {
  const begun = begunIn(asList(messages ?? input));
  if (begun === undefined) return null;
  return [...contentParts('', begun['content'])].reduce((sum, part) => sum + part.length - ' text '.length, 0);
}

/** The text of the answer that is begun there; undefined where none is. */
export function begunAnswer({ messages, input }: Fields): string | undefined {
  const content = begunIn(asList(messages ?? input))?.['content'];
  if (content === undefined || typeof content === 'string') return content;
  return asList(content)
    .map((part) => asRecord(part)?.['text'])
    .filter((text) => typeof text === 'string')
    .join('');
}

function begunIn(messages: readonly unknown[]): Fields | undefined {
  const last = messages.length > 1 ? asRecord(messages.at(-1)) : undefined;
  return last?.['role'] === 'assistant' && asList(last['tool_calls']).length === 0 ? last : undefined;
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
