import { callPart, contentParts, messageParts, withoutBegunAnswer } from '../../request/question.ts';
import { asList, asRecord, type Fields, type PromptReader } from '../../request/request.ts';
import { type Said, speakerOf } from '../../request/said.ts';

/** What OpenAI counts beside the input (wire-responses.md 1.2; of the gpt-4o and gpt-4.1 families, within 2). */
const OVERHEAD = 19;
const OVERHEAD_WITH_TOOLS = 217;

/** The prompt of a response: its instructions, and the texts of its input. Each has a frame of 3 tokens, as in chat. */
export const responsePrompt: PromptReader = {
  field: 'input',
  content(fields) {
    const texts = textsOf(fields);
    return { texts, otherTokens: 3 * texts.length + 3 };
  },
  lastText({ input }) {
    if (typeof input === 'string') return input;
    const last = asList(input).findLast((item) => asRecord(item)?.['role'] === 'user');
    return textOf(asRecord(last)?.['content']);
  },
  answersTool({ input }) {
    const type = asRecord(asList(input).at(-1))?.['type'];
    return typeof type === 'string' && type.endsWith('_output');
  },
  thread({ instructions, input }) {
    const before: Said[] =
      typeof instructions === 'string' && instructions !== '' ? [{ speaker: 'system', text: instructions }] : [];
    if (typeof input === 'string') return [...before, { speaker: 'user', text: input }];
    return [...before, ...asList(input).flatMap((item) => saidIn(asRecord(item) ?? {}))];
  },
  *question({ instructions, input, previous_response_id: previous, conversation }) {
    if (typeof instructions === 'string' && instructions !== '') yield `system text ${instructions}`;
    // What was said before is in the state.
    for (const before of [previous, asRecord(conversation)?.['id'] ?? conversation]) {
      if (typeof before === 'string') yield `before ${before}`;
    }
    if (typeof input === 'string') yield `user text ${input}`;
    for (const item of withoutBegunAnswer(asList(input))) yield* itemParts(asRecord(item) ?? {});
  },
  precount(fields) {
    const texts = textsOf(fields);
    const characters = texts.reduce((total, { length }) => total + length, 0);
    const overhead = asList(fields['tools']).length > 0 ? OVERHEAD_WITH_TOOLS : OVERHEAD;
    return Math.ceil(characters / 4) + 3 * texts.length + 3 + overhead;
  },
};

/** What an item says, as a message of chat says it. */
function* itemParts(item: Fields): Iterable<string> {
  const { type, role, content, output, input, arguments: given } = item;
  if (typeof role === 'string') yield* messageParts({ role, content });
  else if (given !== undefined) yield callPart(item);
  else if (type === 'custom_tool_call') yield callPart({ ...item, arguments: input });
  else if (output !== undefined) yield* contentParts('tool', output);
}

/** Items that have no role are results of tools, or made by the model. */
function saidIn(item: Fields): readonly Said[] {
  const { type, role } = item;
  const speaker = role === undefined ? (String(type).endsWith('_output') ? 'tool' : 'assistant') : speakerOf(role);
  if (speaker === undefined || type === 'item_reference') return [];
  return [{ speaker, text: itemText(item) ?? '' }];
}

function textsOf({ instructions, input }: Fields): string[] {
  const given = typeof instructions === 'string' && instructions !== '' ? [instructions] : [];
  if (typeof input === 'string') return [...given, input];
  for (const item of asList(input)) {
    const text = itemText(asRecord(item) ?? {});
    if (text !== undefined) given.push(text);
  }
  return given;
}

/** What the model reads of an item of the input; undefined where there is nothing to read. */
function itemText(item: Fields): string | undefined {
  if (item['content'] !== undefined) return textOf(item['content']);
  const { arguments: given, input, output } = item;
  for (const text of [output, given, input]) if (text !== undefined) return textOf(text);
  return undefined;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  let text = '';
  for (const part of asList(content)) {
    const written = asRecord(part)?.['text'];
    if (typeof written === 'string') text += written;
  }
  return text;
}
