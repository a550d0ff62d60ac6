import type { Effect } from '../../../../wire/effect.ts';
import type { TokenText } from '../../../content/token-text.ts';
import type { McpCallObject, McpListObject } from '../item-shapes.ts';
import type { ItemIds, ItemStream, OutputItem } from '../output-item.ts';

/** The tools of an MCP server. The mock asks none: it lists those that the request allows, or one that echoes. */
export class McpListItem implements OutputItem {
  readonly prefix = 'mcpl';
  readonly tokens = 0;
  readonly status = 'completed';
  readonly #server: string;
  readonly #names: readonly string[];

  constructor(server: string, names: readonly string[]) {
    this.#server = server;
    this.#names = names;
  }

  whole({ id }: ItemIds): McpListObject {
    const schema = { type: 'object', properties: { text: { type: 'string' } } };
    const tools = this.#names.map((name) => ({ annotations: null, description: null, input_schema: schema, name }));
    return { id, type: 'mcp_list_tools', server_label: this.#server, tools };
  }

  announced({ id }: ItemIds): McpListObject {
    return { id, type: 'mcp_list_tools', server_label: this.#server, tools: [] };
  }

  *events({ writer, place }: ItemStream): Iterable<Effect> {
    for (const step of ['in_progress', 'completed'] as const)
      yield writer.event('progress', `response.mcp_list_tools.${step}`, place);
  }
}

/** A call of a tool of an MCP server, which gives back what it was given. */
export class McpCallItem implements OutputItem {
  readonly prefix = 'mcp';
  readonly tokens: number;
  readonly status = 'completed';
  readonly #call: {
    readonly server: string;
    readonly name: string;
    readonly input: TokenText;
    readonly output: string;
  };

  constructor(call: { readonly server: string; readonly name: string; readonly input: TokenText; readonly output: string }) {
    this.tokens = call.input.tokens;
    this.#call = call;
  }

  whole(ids: ItemIds): McpCallObject {
    const { input, output } = this.#call;
    return this.#object(ids, { status: 'completed', arguments: input.text, output });
  }

  announced(ids: ItemIds): McpCallObject {
    return this.#object(ids, { status: 'in_progress', arguments: '', output: null });
  }

  *events({ writer, place, deltas }: ItemStream): Iterable<Effect> {
    const { input } = this.#call;
    yield writer.event('progress', 'response.mcp_call.in_progress', place);
    const shape = { type: 'response.mcp_call_arguments.delta', kind: 'progress' } as const;
    yield* deltas(writer.deltas(place, shape), input);
    yield writer.event('progress', 'response.mcp_call_arguments.done', { arguments: input.text, ...place });
    yield writer.event('progress', 'response.mcp_call.completed', place);
  }

  #object({ id }: ItemIds, said: Pick<McpCallObject, 'status' | 'arguments' | 'output'>): McpCallObject {
    const { server, name } = this.#call;
    return {
      id,
      type: 'mcp_call',
      status: said.status,
      approval_request_id: null,
      arguments: said.arguments,
      error: null,
      name,
      output: said.output,
      server_label: server,
    };
  }
}
