import { asList, asRecord, type Fields } from '../../request/request.ts';
import {
  type AnswerEdit,
  type AnswerEditor,
  type CallDamage,
  type CallReader,
  type EditedEvent,
  type SaidCall,
  without,
} from '../../wire/answer-editor.ts';
import { damagedArguments, damagedCalls, damagedName, firstHalf } from '../../wire/damaged-calls.ts';
import { withResponseFloats } from './response-floats.ts';
import { printed, printedBody } from './response-json.ts';

/** How responses are damaged. */
export const responseEditor: AnswerEditor = {
  emptied: () =>
    ofResponse(
      (response) => ({ ...response, output: [] }),
      ({ kind }) => kind === 'opening' || kind === 'completion',
    ),
  silenced: () =>
    ofResponse(
      (response) => ({ ...response, output: asList(response['output']).map(asFields).filter(isNoCall).map(saysNothing) }),
      ({ fields }) => !SPEECH.test(String(fields['type'])) && isNoCall(asFields(fields['item'])),
      (fields) => ({ ...fields, item: saysNothing(asFields(fields['item'])) }),
    ),
  withoutUsage: () => ofResponse((response) => without(response, 'usage')),
  ofModel: (model) => ofResponse((response) => ({ ...response, model })),
  withDamagedCalls: (how) => new DamagedCalls(how),
  callReader: () => new ResponseCalls(),
  printBody: (body) => printedBody(withResponseFloats(body)),
  printEvent: (event) => {
    const response = asRecord(event['response']);
    const data = printed(response === undefined ? event : { ...event, response: withResponseFloats(response) });
    const name = typeof event['type'] === 'string' ? `event: ${event['type']}\n` : '';
    return `${name}data: ${data}\n\n`;
  },
};

/** By the ids of their items; what is said of one at its end replaces its pieces. */
class ResponseCalls implements CallReader {
  readonly #calls = new Map<unknown, { readonly id: string; arguments: string }>();

  read(part: Fields): void {
    const { item, output, item_id: itemId, delta, arguments: whole } = part;
    for (const { id, call_id: callId, arguments: given } of [item, ...asList(output)].map(asFields).filter(isFunctionCall)) {
      this.#calls.set(id, { id: String(callId), arguments: String(given ?? '') });
    }
    const call = this.#calls.get(itemId);
    if (call !== undefined && typeof delta === 'string') call.arguments += delta;
    if (call !== undefined && typeof whole === 'string') call.arguments = whole;
  }

  get calls(): readonly SaidCall[] {
    return [...this.#calls.values()];
  }
}

/** The events of texts and of calls. */
const SPEECH = /^response\.(?:content_part|output_text|refusal|function_call_arguments|custom_tool_call_input)\./;

/** A change of the response, in one piece and in the events about it; of the other events some are sent, those of items changed. */
function ofResponse(
  change: (response: Fields) => Fields,
  isSent: (event: EditedEvent) => boolean = () => true,
  changeItem: (event: Fields) => Fields = (event) => event,
): AnswerEdit {
  return {
    body: change,
    event: (event) => {
      const { kind, fields } = event;
      if (!isSent(event)) return [];
      const response = asRecord(fields['response']);
      if (response !== undefined) return [{ kind, fields: { ...fields, response: change(response) } }];
      return [{ kind, fields: 'item' in fields ? changeItem(fields) : fields }];
    },
  };
}

function asFields(value: unknown): Fields {
  return asRecord(value) ?? {};
}

function isNoCall({ type }: Fields): boolean {
  return type !== 'function_call' && type !== 'custom_tool_call';
}

function saysNothing(item: Fields): Fields {
  return item['type'] === 'message' ? { ...item, content: null } : item;
}

/** What custom tools are given is any text: no damage shows. */
function isFunctionCall({ type }: Fields): boolean {
  return type === 'function_call';
}

class DamagedCalls implements AnswerEdit {
  readonly #how: CallDamage;
  #firstId: unknown;
  #firstIndex: unknown;
  /** The last piece of arguments, which is sent when it is known whether another follows. */
  #held: EditedEvent | undefined;
  /** Arguments that broke off, by the id of their item. */
  readonly #cutArguments = new Map<unknown, string>();
  /** The items whose arguments have begun to come. */
  readonly #begun = new Set<unknown>();

  constructor(how: CallDamage) {
    this.#how = how;
  }

  body(response: Fields): Fields {
    const output = asList(response['output']).map(asFields);
    const calls = damagedCalls(output.filter(isFunctionCall).map(namedCall), this.#how);
    let next = 0;
    return {
      ...response,
      output: output.flatMap((item) => {
        if (!isFunctionCall(item)) return [item];
        const call = calls[next++];
        return call === undefined ? [] : [callFields(call)];
      }),
    };
  }

  event(event: EditedEvent): readonly EditedEvent[] {
    const { kind, fields } = event;
    const { item, response, type } = fields;
    if (isFunctionCall(asFields(item))) return [{ kind, fields: this.#placed({ ...fields, item: this.#item(asFields(item)) }) }];
    if (type === 'response.function_call_arguments.delta') return this.#delta(event);
    if (type === 'response.function_call_arguments.done') {
      const whole = String(fields['arguments'] ?? '');
      const held = this.#flushed();
      return [...held, { kind, fields: this.#placed({ ...fields, arguments: this.#argumentsOf(fields['item_id'], whole) }) }];
    }
    if (kind !== 'completion' || response === undefined) return [event];
    const output = asList(asFields(response)['output']).map(asFields);
    const damaged = output.map((each) => (isFunctionCall(each) ? this.#item(each) : each));
    return [{ kind, fields: { ...fields, response: { ...asFields(response), output: damaged } } }];
  }

  /** A call, announced or whole. */
  #item(item: Fields): Fields {
    this.#firstId ??= item['call_id'];
    const call = namedCall(item);
    const isAnnounced = item['status'] === 'in_progress';
    return callFields({
      item,
      id: this.#how === 'repeated_id' ? this.#firstId : call.id,
      name: damagedName(call.name, this.#how),
      arguments: isAnnounced ? call.arguments : this.#argumentsOf(item['id'], call.arguments),
    });
  }

  #argumentsOf(itemId: unknown, whole: string): string {
    return this.#cutArguments.get(itemId) ?? damagedArguments(whole, this.#how);
  }

  /** All calls are said to stand where the first one stands. */
  #placed(fields: Fields): Fields {
    if (this.#how !== 'same_index') return fields;
    this.#firstIndex ??= fields['output_index'];
    return { ...fields, output_index: this.#firstIndex };
  }

  #delta({ kind, fields }: EditedEvent): readonly EditedEvent[] {
    const itemId = fields['item_id'];
    switch (this.#how) {
      case 'empty_arguments':
        return [];
      case 'cut': {
        const before = this.#held;
        this.#held = { kind, fields };
        if (before === undefined) return [];
        this.#note(before);
        return [before];
      }
      case 'malformed': {
        const isFirst = !this.#begun.has(itemId);
        this.#begun.add(itemId);
        return [{ kind, fields: isFirst ? { ...fields, delta: `{${String(fields['delta'])}` } : fields }];
      }
      default:
        return [{ kind, fields: this.#placed(fields) }];
    }
  }

  /** Of the last piece of arguments the first half. */
  #flushed(): readonly EditedEvent[] {
    const held = this.#held;
    this.#held = undefined;
    if (held === undefined) return [];
    const half = { ...held, fields: { ...held.fields, delta: firstHalf(String(held.fields['delta'])) } };
    this.#note(half);
    return [half];
  }

  #note({ fields }: EditedEvent): void {
    const itemId = fields['item_id'];
    this.#cutArguments.set(itemId, `${this.#cutArguments.get(itemId) ?? ''}${String(fields['delta'])}`);
  }
}

function namedCall(item: Fields) {
  return { item, id: item['call_id'], name: item['name'], arguments: String(item['arguments'] ?? '') };
}

function callFields({ item, id, name, arguments: given }: ReturnType<typeof namedCall>): Fields {
  return { ...item, arguments: given, call_id: id, name };
}
