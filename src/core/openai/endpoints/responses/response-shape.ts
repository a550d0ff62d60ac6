import type { ItemObject } from './item-shapes.ts';
import type { ReasoningEcho, ResponseEcho } from './response-echo.ts';

/** What a response costs. Keys in wire order (wire-responses.md 2.5). */
export interface ResponseUsage {
  readonly input_tokens: number;
  readonly input_tokens_details: { readonly cache_write_tokens: number; readonly cached_tokens: number };
  readonly output_tokens: number;
  readonly output_tokens_details: { readonly reasoning_tokens: number };
  readonly total_tokens: number;
}

const NO_TOKENS = { image_tokens: 0, text_tokens: 0 };
/** What the tools of a response cost that used none. */
export const NO_TOOL_USAGE = {
  image_gen: {
    input_tokens: 0,
    input_tokens_details: NO_TOKENS,
    output_tokens: 0,
    output_tokens_details: NO_TOKENS,
    total_tokens: 0,
  },
  web_search: { num_requests: 0 },
};

export type ResponseStatus = 'queued' | 'in_progress' | 'completed' | 'incomplete' | 'failed' | 'cancelled';

/** A response. Keys in wire order (wire-responses.md 2.1); those that may lack are there only when they are used. */
export interface ResponseObject {
  readonly id: string;
  readonly object: 'response';
  readonly created_at: number;
  readonly status: ResponseStatus;
  readonly background: boolean;
  /** In bodies in one piece alone, and only of what is finished. */
  readonly billing?: { readonly payer: 'developer' };
  readonly completed_at: number | null;
  /** Of Azure alone; null before the response is finished. */
  readonly content_filters?: readonly unknown[] | null;
  readonly conversation?: { readonly id: string };
  readonly error: { readonly code: string; readonly message: string } | null;
  readonly frequency_penalty: number;
  readonly incomplete_details: { readonly reason: 'max_output_tokens' | 'content_filter' } | null;
  readonly instructions: string | null;
  readonly max_output_tokens: number | null;
  readonly max_tool_calls: number | null;
  readonly model: string;
  readonly moderation: null;
  readonly output: ItemObject[];
  readonly parallel_tool_calls: boolean;
  readonly presence_penalty: number;
  readonly previous_response_id: string | null;
  readonly prompt?: unknown;
  readonly prompt_cache_key: string | null;
  readonly prompt_cache_options?: unknown;
  readonly prompt_cache_retention: 'in_memory' | '24h';
  readonly reasoning: ReasoningEcho;
  readonly safety_identifier: string | null;
  readonly service_tier: string;
  readonly store: boolean;
  readonly temperature: number;
  readonly text: ResponseEcho['text'];
  readonly tool_choice: unknown;
  readonly tool_usage: typeof NO_TOOL_USAGE;
  readonly tools: unknown[];
  readonly top_logprobs: number;
  readonly top_p: number;
  readonly truncation: 'auto' | 'disabled';
  readonly usage: ResponseUsage | null;
  readonly user: string | null;
  readonly metadata: Readonly<Record<string, string>>;
}
