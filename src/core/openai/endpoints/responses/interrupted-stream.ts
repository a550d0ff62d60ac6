import { dataLines } from '../../../wire/data-lines.ts';
import type { Write } from '../../../wire/effect.ts';
import { parseObject } from '../../request/parse-object.ts';
import { asRecord, type Fields } from '../../request/request.ts';
import { withResponseFloats } from './response-floats.ts';
import { printed } from './response-json.ts';

/** How a stream ends before its answer is complete. */
interface Ending {
  /** The response as it would have been, as JSON. */
  readonly finished: string;
  readonly reason: string;
  /** Of the next event. */
  readonly number: number;
}

/**
 * The events that end a stream after those that were sent: they end the item that has begun, and then comes `response.incomplete`
 * with what was said so far.
 */
export function interruptedEvents(sent: readonly string[], { finished, reason, number }: Ending): readonly Write[] {
  const progress = progressOf(sent);
  const writes: Write[] = [];
  let next = number;
  const write = (kind: Write['event'], type: string, before: Fields, after: Fields = {}) => {
    const event = printed({ type, ...before, sequence_number: next, ...after });
    writes.push({ type: 'write', data: `event: ${type}\ndata: ${event}\n\n`, ...(kind && { event: kind }) });
    next += 1;
  };
  const output = [...progress.done];
  if (progress.item !== undefined) {
    const { item, place, said, part } = progress;
    const cut = endItem(item, said, part);
    for (const [type, before, after] of cut.endings(place)) write('finish', type, before, after);
    write('finish', 'response.output_item.done', { item: cut.item, output_index: place['output_index'] });
    output.push(cut.item);
  }
  const response = incompleteResponse(JSON.parse(finished) as Fields, { output, reason, deltas: progress.deltas });
  write('completion', 'response.incomplete', { response });
  return writes;
}

/** How far a stream has got. */
interface Progress {
  readonly done: Fields[];
  /** The item that has begun. */
  item: Fields | undefined;
  place: Fields;
  part: Fields | undefined;
  /** The pieces of the item's text, together. */
  said: string;
  deltas: number;
}

function progressOf(sent: readonly string[]): Progress {
  const progress: Progress = { done: [], item: undefined, place: {}, part: undefined, said: '', deltas: 0 };
  for (const data of sent.flatMap(dataLines)) {
    const event = parseObject(data);
    // A fault may have damaged one.
    if (event !== undefined) note(progress, event);
  }
  return progress;
}

function note(progress: Progress, event: Fields): void {
  const { type, item, output_index, delta, part } = event;
  if (type === 'response.output_item.added') {
    progress.item = asRecord(item);
    progress.place = { item_id: progress.item?.['id'], output_index };
    progress.part = undefined;
    progress.said = '';
  } else if (type === 'response.output_item.done') {
    progress.done.push(asRecord(item) ?? {});
    progress.item = undefined;
  } else if (type === 'response.content_part.added') progress.part = asRecord(part);
  else if (typeof delta === 'string') {
    // Thoughts are counted by themselves.
    if (progress.item?.['type'] !== 'reasoning') progress.deltas += 1;
    progress.said += delta;
  }
}

type EventEnding = readonly [type: string, before: Fields, after?: Fields];

interface EndedItem {
  readonly item: Fields;
  endings(place: Fields): readonly EventEnding[];
}

/** The item with what was said of it, and the events that end it but for its last. */
function endItem(item: Fields, said: string, part: Fields | undefined): EndedItem {
  const status = 'incomplete';
  switch (item['type']) {
    case 'message': {
      if (part === undefined) return { item: { ...item, status }, endings: () => [] };
      const isRefusal = part['type'] === 'refusal';
      const whole = isRefusal ? { ...part, refusal: said } : { ...part, text: said };
      const at = (place: Fields) => ({ content_index: 0, ...place });
      return {
        item: { ...item, status, content: [whole] },
        endings: (place) => [
          isRefusal
            ? ['response.refusal.done', { ...at(place), refusal: said }]
            : [
                'response.output_text.done',
                { content_index: 0, item_id: place['item_id'], logprobs: [], output_index: place['output_index'] },
                { text: said },
              ],
          ['response.content_part.done', { ...at(place), part: whole }],
        ],
      };
    }
    case 'function_call':
      return {
        item: { ...item, status, arguments: said },
        endings: (place) => [['response.function_call_arguments.done', { arguments: said, ...place }]],
      };
    case 'custom_tool_call':
      return {
        item: { ...item, status, input: said },
        endings: (place) => [['response.custom_tool_call_input.done', { input: said, ...place }]],
      };
    default:
      return { item, endings: () => [] };
  }
}

interface Cut {
  readonly output: readonly Fields[];
  readonly reason: string;
  readonly deltas: number;
}

function incompleteResponse(finished: Fields, { output, reason, deltas }: Cut): Fields {
  const { usage } = finished;
  return {
    ...withResponseFloats(finished),
    status: 'incomplete',
    completed_at: null,
    incomplete_details: { reason },
    output,
    usage: usageOf(asRecord(usage) ?? {}, deltas),
  };
}

/** A delta is a token. */
function usageOf(usage: Fields, deltas: number): Fields {
  const { input_tokens: input, output_tokens_details: details } = usage;
  const reasoning = asRecord(details)?.['reasoning_tokens'];
  const output = deltas + Number(reasoning ?? 0);
  return { ...usage, output_tokens: output, total_tokens: Number(input ?? 0) + output };
}
