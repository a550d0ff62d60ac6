import type { Effect } from '../../../../wire/effect.ts';
import type { TokenText } from '../../../content/token-text.ts';
import type { CustomCallObject, FunctionCallObject, ItemStatus } from '../item-shapes.ts';
import type { ItemIds, ItemStream, OutputItem } from '../output-item.ts';

interface Call {
  readonly name: TokenText;
  /** The arguments as JSON text, or the input of a custom tool. */
  readonly input: TokenText;
  readonly status: FunctionCallItem['status'];
  /** The namespace that the function is offered in. */
  readonly namespace?: string | undefined;
}

/** A call of a function that the request offers. */
export class FunctionCallItem implements OutputItem {
  readonly prefix = 'fc';
  readonly hasCallId = true;
  readonly tokens: number;
  readonly status: Exclude<ItemStatus, 'in_progress'>;
  readonly #call: Call;

  constructor(call: Call) {
    this.tokens = call.name.tokens + call.input.tokens;
    this.status = call.status;
    this.#call = call;
  }

  whole(ids: ItemIds): FunctionCallObject {
    return this.#object(ids, this.status, this.#call.input.text);
  }

  announced(ids: ItemIds): FunctionCallObject {
    return this.#object(ids, 'in_progress', '');
  }

  *events({ place, writer, deltas }: ItemStream): Iterable<Effect> {
    const { input } = this.#call;
    const shape = { type: 'response.function_call_arguments.delta', kind: 'content' } as const;
    yield* deltas(writer.deltas(place, shape), input);
    yield writer.event('finish', 'response.function_call_arguments.done', { arguments: input.text, ...place });
  }

  #object({ id, callId }: ItemIds, status: ItemStatus, input: string): FunctionCallObject {
    const { name, namespace } = this.#call;
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

/** A call of a custom tool: its input is any text. */
export class CustomCallItem implements OutputItem {
  readonly prefix = 'ctc';
  readonly hasCallId = true;
  readonly tokens: number;
  readonly status: Exclude<ItemStatus, 'in_progress'>;
  readonly #call: Call;

  constructor(call: Call) {
    this.tokens = call.name.tokens + call.input.tokens;
    this.status = call.status;
    this.#call = call;
  }

  whole(ids: ItemIds): CustomCallObject {
    return this.#object(ids, this.status, this.#call.input.text);
  }

  announced(ids: ItemIds): CustomCallObject {
    return this.#object(ids, 'in_progress', '');
  }

  *events({ place, writer, deltas }: ItemStream): Iterable<Effect> {
    const { input } = this.#call;
    const shape = { type: 'response.custom_tool_call_input.delta', kind: 'content' } as const;
    yield* deltas(writer.deltas(place, shape), input);
    yield writer.event('finish', 'response.custom_tool_call_input.done', { input: input.text, ...place });
  }

  #object({ id, callId }: ItemIds, status: ItemStatus, input: string): CustomCallObject {
    return { id, type: 'custom_tool_call', status, call_id: callId, input, name: this.#call.name.text };
  }
}
