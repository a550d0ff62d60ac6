import { fork } from '../../../../random.ts';
import { asList, asRecord, type Fields } from '../../../request/request.ts';
import type { StoredItem } from '../../../store/stored-response.ts';
import { chainOf, type IdPrefix, ResponseIds } from '../response-id.ts';

/** What the ids of items begin with, by their type. */
const PREFIXES: Readonly<Record<string, IdPrefix>> = {
  message: 'msg',
  reasoning: 'rs',
  function_call: 'fc',
  function_call_output: 'fc',
  custom_tool_call: 'ctc',
  custom_tool_call_output: 'ctc',
  web_search_call: 'ws',
  file_search_call: 'fs',
  code_interpreter_call: 'ci',
  mcp_call: 'mcp',
  mcp_list_tools: 'mcpl',
  image_generation_call: 'ig',
  compaction: 'cmp',
};

/** The response that an input belongs to; `createdAt` in seconds since the epoch. */
interface Owner {
  readonly id: string;
  readonly createdAt: number;
}

/**
 * The items of an `input` as they are shown (wire-responses.md 4): each with an id and a status, contents as parts. The ids of
 * the same input are always the same.
 */
export function inputItemsOf(input: unknown, { id, createdAt }: Owner): readonly StoredItem[] {
  const ids = new ResponseIds(fork('input items', id), { chain: chainOf(id), stored: true });
  return itemsShown(input, (prefix) => ids.next(prefix, createdAt * 1_000));
}

/** The same with ids by `nextId`. */
export function itemsShown(input: unknown, nextId: (prefix: IdPrefix) => string): readonly StoredItem[] {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : asList(input);
  return items
    .map(asRecord)
    .filter((item) => item !== undefined && item['type'] !== 'item_reference')
    .map((item) => shown(item ?? {}, nextId));
}

function shown(item: Fields, nextId: (prefix: IdPrefix) => string): StoredItem {
  const { id: given, type = 'message', status = 'completed', content, role, ...rest } = item;
  const id = typeof given === 'string' ? given : nextId(PREFIXES[String(type)] ?? 'msg');
  if (type === 'message') return { id, type, status, content: partsOf(content, role), role, ...rest };
  // Reasoning has no status (wire-responses.md 2.4).
  return { id, type, ...(type !== 'reasoning' && { status }), ...rest, ...(content !== undefined && { content }) };
}

function partsOf(content: unknown, role: unknown): unknown {
  if (typeof content !== 'string') return content ?? [];
  if (role !== 'assistant') return [{ type: 'input_text', text: content }];
  return [{ type: 'output_text', annotations: [], logprobs: [], text: content }];
}
