import type { ErrorAnswer } from '../../errors/error.ts';
import { duplicateItem, reasoningAlone, toolCallNotFound, toolOutputNotFound } from '../../errors/errors.ts';
import { asRecord, type Fields } from '../../request/request.ts';

/** Types of items that call a tool of the client, and what answers them. Apps of the client; OpenAI runs the others itself. */
const ANSWERED: Readonly<Record<string, string>> = {
  function_call: 'function_call_output',
  custom_tool_call: 'custom_tool_call_output',
  computer_call: 'computer_call_output',
  shell_call: 'shell_call_output',
  apply_patch_call: 'apply_patch_call_output',
};
const OUTPUTS: ReadonlySet<string> = new Set(Object.values(ANSWERED));

/**
 * Whether items belong together, in items that are valid each for itself (wire-responses.md 5.2, all but the last in public
 * reports): an id comes once, each output has its call and each call its output, and what follows reasoning is what the
 * reasoning was about. `items` are those of the request with those of the conversation before them.
 */
export function itemOrderError(items: readonly unknown[]): ErrorAnswer | undefined {
  const records = items.map(asRecord).filter((item) => item !== undefined);
  return duplicateError(records) ?? outputError(records) ?? reasoningError(records);
}

function duplicateError(items: readonly Fields[]): ErrorAnswer | undefined {
  const seen = new Set<string>();
  for (const { id } of items) {
    if (typeof id !== 'string') continue;
    if (seen.has(id)) return duplicateItem(id);
    seen.add(id);
  }
  return undefined;
}

function outputError(items: readonly Fields[]): ErrorAnswer | undefined {
  // What a reference stands for is not known here: it may be the call, or its output.
  if (items.some(({ type }) => type === 'item_reference')) return undefined;
  const called = new Set<unknown>();
  const answered = new Set<unknown>();
  for (const { type, call_id: callId } of items) {
    if (typeof type !== 'string') continue;
    if (Object.hasOwn(ANSWERED, type)) called.add(callId);
    if (!OUTPUTS.has(type)) continue;
    if (!called.has(callId)) return toolCallNotFound(String(callId));
    answered.add(callId);
  }
  for (const callId of called) if (!answered.has(callId)) return toolOutputNotFound(String(callId));
  return undefined;
}

/**
 * Reasoning without an id was not stored: what it belongs to is not known. Sealed reasoning may come last: Codex goes on from
 * it where a stream broke off behind it.
 */
function reasoningError(items: readonly Fields[]): ErrorAnswer | undefined {
  for (let index = 0; index < items.length; index++) {
    const { type, id, encrypted_content: sealed } = items[index] ?? {};
    if (type !== 'reasoning' || typeof id !== 'string' || isOfModel(items[index + 1])) continue;
    const goesOn = index === items.length - 1 && typeof sealed === 'string';
    if (!goesOn) return reasoningAlone(id);
  }
  return undefined;
}

/** What the model may have said or done after it thought. */
function isOfModel(item: Fields | undefined): boolean {
  if (item === undefined) return false;
  const { type = 'message', role } = item;
  if (type === 'message') return role === 'assistant';
  return typeof type === 'string' && !OUTPUTS.has(type);
}
