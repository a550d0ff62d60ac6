import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { Completion } from 'openai/resources/completions';
import type { Moderation } from 'openai/resources/moderations';
import type {
  Response,
  ResponseCodeInterpreterToolCall,
  ResponseCustomToolCall,
  ResponseFileSearchToolCall,
  ResponseFunctionToolCall,
  ResponseFunctionWebSearch,
  ResponseOutputItem,
  ResponseOutputMessage,
  ResponseReasoningItem,
  ResponseStreamEvent,
} from 'openai/resources/responses/responses';
import type { EventFields } from '../../../src/core/openai/endpoints/responses/response-event.ts';

/*
 * Where the types of the official SDK say one thing and the wire another. Everything else that the mock builds
 * satisfies the SDK's types as they are.
 */

/** `system_fingerprint` is null for gpt-3.5 and gpt-5 (wire.md 3.1); the SDK knows only text or nothing. */
type Fingerprinted<T> = Omit<T, 'system_fingerprint'> & { system_fingerprint?: string | null };

/** Reasoning models leave `logprobs` out of their choices (wire.md 3.2); the SDK of chat has it required. */
type WithoutLogprobs<T extends { logprobs?: unknown }> = Omit<T, 'logprobs'> & { logprobs?: T['logprobs'] | undefined };

export type WireChatCompletion = Fingerprinted<Omit<ChatCompletion, 'choices'>> & {
  choices: WithoutLogprobs<ChatCompletion.Choice>[];
};

export type WireChatChunk = Fingerprinted<Omit<ChatCompletionChunk, 'choices'>> & {
  choices: WithoutLogprobs<ChatCompletionChunk.Choice>[];
};

/** All but the last chunk of a legacy completion have no reason to end yet; the SDK has one type for both. */
export type WireCompletionChunk = Omit<Completion, 'choices' | 'usage'> & {
  choices: (Omit<Completion['choices'][number], 'finish_reason'> & {
    finish_reason: Completion['choices'][number]['finish_reason'] | null;
  })[];
  usage?: Completion['usage'] | null;
};

/** Which categories apply to images is told apart by values here, by type in the SDK. */
export type WireModeration = Omit<Moderation, 'category_applied_input_types'> & {
  category_applied_input_types: Record<keyof Moderation.CategoryAppliedInputTypes, ('text' | 'image')[]>;
};

/** A search that has only begun says nothing of what it looks for (wire-responses.md 3.2); the SDK has the action required. */
type BegunWebSearch = Omit<ResponseFunctionWebSearch, 'action'>;

/** Custom calls have a status on the wire (wire-responses.md 2.4). */
type WireItem =
  | ResponseOutputMessage
  | ResponseReasoningItem
  | ResponseFunctionToolCall
  | (ResponseCustomToolCall & { id: string })
  | BegunWebSearch
  | ResponseFileSearchToolCall
  | ResponseCodeInterpreterToolCall
  | Extract<ResponseOutputItem, { type: 'image_generation_call' | 'mcp_list_tools' | 'mcp_call' }>;

/**
 * Before it is finished a response has no usage, and without a user it has null (wire-responses.md 11); the SDK knows absence.
 * The SDK adds `output_text`, and knows only errors of its own list and tiers of today. Since version 7 it requires
 * `access_programs`, which no capture has (wire-responses.md 2.1). What is repeated of the request is not looked into: its types
 * are those of the request.
 */
export type WireResponse = Omit<
  Response,
  | 'output_text'
  | 'access_programs'
  | 'output'
  | 'error'
  | 'service_tier'
  | 'text'
  | 'tool_choice'
  | 'tools'
  | 'reasoning'
  | 'prompt'
  | 'prompt_cache_options'
  | 'prompt_cache_retention'
  | 'usage'
  | 'user'
> & { usage: Response['usage'] | null; user: string | null; output: WireItem[]; error: { code: string; message: string } | null };

/** The fields of the SDK's events, by name, with the items of the wire. */
export type WireEventFields = {
  [Name in keyof EventFields]: Name extends 'response.output_item.added' | 'response.output_item.done'
    ? { item: WireItem; output_index: number }
    : // That the end of a call names its function is declared alone, not seen (wire-responses.md 3.1).
      Omit<
        Extract<ResponseStreamEvent, { type: Name }>,
        'type' | 'sequence_number' | (Name extends 'response.function_call_arguments.done' ? 'name' : never)
      >;
};
