import type { ErrorAnswer } from '../../errors/error.ts';
import { imageNotAllowed, nullContent, unsupportedContentBlocks } from '../../errors/errors.ts';
import { asList, asRecord } from '../../request/request.ts';
import type { Fields } from '../../validation/terms.ts';

const SILENT = ['tool_calls', 'function_call', 'refusal', 'audio'];

/** What the content of messages has to be beyond its type, in messages that are valid each for itself. */
export function messageContentError(messages: readonly unknown[], model: string): ErrorAnswer | undefined {
  for (let index = 0; index < messages.length; index++) {
    const message = asRecord(messages[index]) ?? {};
    const { role, content } = message;
    if (content === null || content === undefined) {
      if (!saysNothingElse(message)) continue;
      return nullContent(index);
    }
    for (const part of asList(content)) {
      const error = partError(asRecord(part) ?? {}, { index, role: String(role), model });
      if (error !== undefined) return error;
    }
  }
  return undefined;
}

/** A message without content, of a role that must have some. */
function saysNothingElse(message: Fields): boolean {
  const { role } = message;
  if (role === 'function') return false;
  return role !== 'assistant' || SILENT.every((field) => message[field] === undefined || message[field] === null);
}

interface Speaker {
  readonly index: number;
  readonly role: string;
  readonly model: string;
}

function partError({ type }: Fields, { index, role, model }: Speaker): ErrorAnswer | undefined {
  if (type === 'text') return undefined;
  if (type === 'image_url') return role === 'user' ? undefined : imageNotAllowed(index, role);
  if (type === 'refusal' || type === 'audio') return role === 'assistant' ? undefined : unsupportedContentBlocks(index);
  // Of a model that is not OpenAI's nothing is known.
  const heard = type === 'file' || model.includes('audio') || !/^(?:ft:)?(?:gpt-|o\d|chat)/.test(model);
  return role === 'user' && heard ? undefined : unsupportedContentBlocks(index);
}
