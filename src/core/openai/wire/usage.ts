/** What an answer cost. Keys in wire order (wire.md 3.2). */
export interface Usage {
  readonly prompt_tokens: number;
  /** Reasoning included. */
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: {
    readonly cached_tokens: number;
    readonly cache_write_tokens?: number;
    readonly audio_tokens: number;
  };
  readonly completion_tokens_details: {
    readonly reasoning_tokens: number;
    readonly audio_tokens: number;
    readonly accepted_prediction_tokens: number;
    readonly rejected_prediction_tokens: number;
  };
}

/** Tokens of an answer; `completion` is what can be read, without the reasoning. */
export interface Spent {
  readonly prompt: number;
  readonly completion: number;
  readonly reasoning: number;
}

/** The usage of an answer that nothing was cached for. The model is the snapshot that answers. */
export function usage(model: string, { prompt, completion, reasoning }: Spent): Usage {
  // gpt-5.6 is the first that tells what it wrote to the cache (wire.md 3.2).
  const cacheWrites = model.startsWith('gpt-5.6') ? { cache_write_tokens: 0 } : {};
  return {
    prompt_tokens: prompt,
    completion_tokens: completion + reasoning,
    total_tokens: prompt + completion + reasoning,
    prompt_tokens_details: {
      cached_tokens: 0,
      ...cacheWrites,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: reasoning,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
