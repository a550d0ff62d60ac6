import type { ChatCompletion, ChatCompletionChunk } from 'openai/resources/chat/completions';
import type { Completion } from 'openai/resources/completions';
import type { Moderation } from 'openai/resources/moderations';

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
