import type { Effect } from '../../../../wire/effect.ts';
import type { TokenText } from '../../../content/token-text.ts';
import type { CustomCallObject, FunctionCallObject, ItemStatus } from '../item-shapes.ts';
import type { ItemIds, ItemStream, OutputItem } from '../output-item.ts';

interface Call {
  readonly name: TokenText;
  /** The arguments as JSON text, or the input of a custom tool. */
  readonly input: TokenText;
  readonly status: Exclude<ItemStatus, 'in_progress'>;
  /** The namespace that the function is offered in. */
  readonly namespace?: string | undefined;
}

/** What the calls of functions and those of custom tools differ in. */
const KINDS = {
  function: {
    prefix: 'fc',
    delta: { type: 'response.function_call_arguments.delta', kind: 'content' },
    done: (input: string) => ({ type: 'response.function_call_arguments.done', fields: { arguments: input } }) as const,
  },
  /** The input of a custom tool is any text. */
  custom: {
    prefix: 'ctc',
    delta: { type: 'response.custom_tool_call_input.delta', kind: 'content' },
    done: (input: string) => ({ type: 'response.custom_tool_call_input.done', fields: { input } }) as const,
  },
} as const;

/** A call of a function or of a custom tool that the request offers. */
export class ToolCallItem implements OutputItem {
  readonly prefix: 'fc' | 'ctc';
  readonly hasCallId = true;
  readonly tokens: number;
  readonly status: Exclude<ItemStatus, 'in_progress'>;
  readonly #kind: keyof typeof KINDS;
  readonly #call: Call;

  constructor(kind: keyof typeof KINDS, call: Call) {
    this.prefix = KINDS[kind].prefix;
    this.tokens = call.name.tokens + call.input.tokens;
    this.status = call.status;
    this.#kind = kind;
    this.#call = call;
  }

  whole(ids: ItemIds): FunctionCallObject | CustomCallObject {
    return this.#object(ids, this.status, this.#call.input.text);
  }

  announced(ids: ItemIds): FunctionCallObject | CustomCallObject {
    return this.#object(ids, 'in_progress', '');
  }

  *events({ place, writer, deltas }: ItemStream): Iterable<Effect> {
    const { input } = this.#call;
    const kind = KINDS[this.#kind];
    yield* deltas(writer.deltas(place, kind.delta), input);
    const { type, fields } = kind.done(input.text);
    yield writer.event('finish', type, { ...fields, ...place });
  }

  #object({ id, callId }: ItemIds, status: ItemStatus, input: string): FunctionCallObject | CustomCallObject {
    const { name, namespace } = this.#call;
    if (this.#kind === 'custom') return { id, type: 'custom_tool_call', status, call_id: callId, input, name: name.text };
    return {
      id,
      type: 'function_call',
      status,
      arguments: input,
      call_id: callId,
      name: name.text,
      ...(namespace !== undefined && { namespace }),
    };
  }
}
