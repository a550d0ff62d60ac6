import type { TokenLogprob } from '../../content/logprobs.ts';

/** An item of the output as it goes on the wire (wire-responses.md 2.4). */
export type ItemObject =
  | MessageObject
  | ReasoningObject
  | FunctionCallObject
  | CustomCallObject
  | WebSearchObject
  | FileSearchObject
  | InterpreterObject
  | ImageObject
  | McpListObject
  | McpCallObject;

export type ItemStatus = 'in_progress' | 'completed' | 'incomplete';

/** Keys in wire order (wire-responses.md 2.4). */
export interface MessageObject {
  readonly id: string;
  readonly type: 'message';
  readonly status: ItemStatus;
  readonly content: ContentPart[];
  readonly phase?: 'commentary' | 'final_answer';
  readonly role: 'assistant';
}

/** A part of a message. Keys in wire order. */
export type ContentPart =
  | {
      readonly type: 'output_text';
      readonly annotations: UrlCitation[];
      readonly logprobs: TokenLogprob[];
      readonly text: string;
    }
  | { readonly type: 'refusal'; readonly refusal: string };

/** A place of the text that a page supports, in characters. Keys in wire order. */
export interface UrlCitation {
  readonly type: 'url_citation';
  readonly end_index: number;
  readonly start_index: number;
  readonly title: string;
  readonly url: string;
}

/** Keys in wire order; it has no status (wire-responses.md 2.4). */
export interface ReasoningObject {
  readonly id: string;
  readonly type: 'reasoning';
  readonly content: never[];
  readonly encrypted_content?: string;
  readonly summary: SummaryPart[];
}

/** Keys in wire order. */
export interface SummaryPart {
  readonly type: 'summary_text';
  readonly text: string;
}

/** Keys in wire order (wire-responses.md 2.4). */
export interface FunctionCallObject {
  readonly id: string;
  readonly type: 'function_call';
  readonly status: ItemStatus;
  /** JSON text. */
  readonly arguments: string;
  readonly call_id: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Keys in wire order (wire-responses.md 2.4). */
export interface CustomCallObject {
  readonly id: string;
  readonly type: 'custom_tool_call';
  readonly status: ItemStatus;
  readonly call_id: string;
  readonly input: string;
  readonly name: string;
}

/** Nothing that the service runs itself is cut. */
type HostedStatus = Exclude<ItemStatus, 'incomplete'>;

/** Keys in wire order (wire-responses.md 2.4), here and below. A search that has only begun has no action. */
export interface WebSearchObject {
  readonly id: string;
  readonly type: 'web_search_call';
  readonly status: HostedStatus;
  readonly action?: { readonly type: 'search'; readonly queries: string[]; readonly query: string };
}

export interface FileSearchObject {
  readonly id: string;
  readonly type: 'file_search_call';
  readonly status: HostedStatus;
  readonly queries: string[];
  readonly results: never[] | null;
}

export interface InterpreterObject {
  readonly id: string;
  readonly type: 'code_interpreter_call';
  readonly status: HostedStatus;
  readonly code: string;
  readonly container_id: string;
  readonly outputs: { readonly type: 'logs'; readonly logs: string }[] | null;
}

export interface ImageObject {
  readonly id: string;
  readonly type: 'image_generation_call';
  readonly status: HostedStatus;
  readonly background: 'opaque' | 'transparent';
  readonly output_format: 'png' | 'webp' | 'jpeg' | 'gif' | 'svg';
  readonly quality: 'low' | 'medium' | 'high' | 'xhigh' | 'max';
  /** The image in base64; null until it is there. */
  readonly result: string | null;
  readonly revised_prompt: string | null;
  readonly size: string;
}

/** Keys in wire order (wire-responses.md 2.4). */
export interface McpListObject {
  readonly id: string;
  readonly type: 'mcp_list_tools';
  readonly server_label: string;
  readonly tools: McpTool[];
}

interface McpTool {
  readonly annotations: null;
  readonly description: string | null;
  readonly input_schema: unknown;
  readonly name: string;
}

/** Keys in wire order (wire-responses.md 2.4). */
export interface McpCallObject {
  readonly id: string;
  readonly type: 'mcp_call';
  readonly status: Exclude<ItemStatus, 'incomplete'>;
  readonly approval_request_id: null;
  readonly arguments: string;
  readonly error: null;
  readonly name: string;
  readonly output: string | null;
  readonly server_label: string;
}
