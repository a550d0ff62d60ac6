import { messageParts, withoutBegunAnswer } from './question.ts';
import { type ApiRequest, asList, asRecord, type Fields, fieldsOf, type Input, type PromptReader } from './request.ts';
import { speakerOf } from './said.ts';

/** The prompt of an endpoint that takes `messages`. Each message, and the answer to begin, has a frame of 3 tokens. */
export const messagePrompt: PromptReader = {
  field: 'messages',
  content(fields) {
    const texts = messageTexts(fields);
    return { texts, otherTokens: 3 * texts.length + 3 };
  },
  lastText(fields) {
    const messages = asList(fields['messages']);
    return textOf(messages.findLast((message) => asRecord(message)?.['role'] === 'user'));
  },
  answersTool(fields) {
    const role = asRecord(asList(fields['messages']).at(-1))?.['role'];
    return role === 'tool' || role === 'function';
  },
  thread: (fields) =>
    asList(fields['messages']).flatMap((message) => {
      const speaker = speakerOf(asRecord(message)?.['role']);
      return speaker === undefined ? [] : [{ speaker, text: textOf(message) }];
    }),
  *question(fields) {
    for (const message of withoutBegunAnswer(asList(fields['messages']))) yield* messageParts(asRecord(message) ?? {});
  },
  // A quarter of the characters of the contents, and 2 and one more for each message (wire.md 2.5, since March 2025).
  precount(fields) {
    const messages = asList(fields['messages']);
    let characters = 0;
    for (const message of messages) characters += charactersOf(asRecord(message)?.['content']);
    return Math.floor(characters / 4) + 2 + messages.length;
  },
};

/**
 * The prompt of an endpoint that takes inputs in the field of that name. `absent` is what a request without it asks.
 * A list of numbers is one input. The content parts of a moderation are one input: their texts together.
 */
export function inputPrompt(field: string, absent?: readonly Input[]): PromptReader & Required<Pick<PromptReader, 'inputs'>> {
  const inputs = (fields: Fields): readonly Input[] => {
    const value = fields[field];
    return absent !== undefined && (value === undefined || value === null) ? absent : inputsIn(value);
  };
  return {
    field,
    inputs,
    content(fields) {
      const given = inputs(fields);
      return { texts: inputTexts(given), otherTokens: tokenIds(given) };
    },
    lastText: (fields) => inputTexts(inputs(fields)).at(-1) ?? '',
    question: (fields) => inputs(fields).map((input) => `user text ${typeof input === 'string' ? input : input.join(' ')}`),
    // A quarter of the characters, and token ids one each: captured of embeddings, of completions an inference.
    precount(fields) {
      const given = inputs(fields);
      const characters = inputTexts(given).reduce((total, text) => total + text.length, 0);
      return Math.floor(characters / 4) + tokenIds(given);
    },
  };
}

/** What the endpoint of the request reads as its prompt; of an unknown endpoint what its messages say. */
export function promptOf({ endpoint }: ApiRequest): PromptReader {
  return endpoint?.prompt ?? messagePrompt;
}

/** The inputs of the request; undefined for an endpoint that takes messages. */
export function inputsOf(request: ApiRequest): readonly Input[] | undefined {
  return request.endpoint?.prompt?.inputs?.(fieldsOf(request));
}

/** The inputs that a field holds. */
export function inputsIn(value: unknown): readonly Input[] {
  if (typeof value === 'string') return [value];
  const list = asList(value);
  if (list.length > 0 && isTokens(list)) return [list];
  const parts = list.map(asRecord).filter((part) => part !== undefined);
  if (parts.length > 0) return [parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('')];
  return list.filter((entry): entry is Input => typeof entry === 'string' || (Array.isArray(entry) && isTokens(entry)));
}

/** Whether all of them are whole numbers: token ids. */
export function isTokens(list: readonly unknown[]): list is readonly number[] {
  return list.every((entry) => Number.isInteger(entry));
}

/** The text of each message; parts of a content that are not text are left out. */
export function messageTexts(fields: Fields): string[] {
  return asList(fields['messages']).map(textOf);
}

function inputTexts(inputs: readonly Input[]): string[] {
  return inputs.filter((input) => typeof input === 'string');
}

function tokenIds(inputs: readonly Input[]): number {
  return inputs.reduce((total, input) => total + (typeof input === 'string' ? 0 : input.length), 0);
}

function textOf(message: unknown): string {
  const content = asRecord(message)?.['content'];
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of asList(content)) {
    const fields = asRecord(part);
    if (fields?.['type'] === 'text' && typeof fields['text'] === 'string') text += fields['text'];
  }
  return text;
}

function charactersOf(content: unknown): number {
  if (typeof content === 'string') return content.length;
  let characters = 0;
  for (const part of asList(content)) {
    const text = asRecord(part)?.['text'];
    if (typeof text === 'string') characters += text.length;
  }
  return characters;
}
