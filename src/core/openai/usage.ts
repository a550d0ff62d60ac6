/** What an answer cost. Keys in wire order (wire.md 3.2). */
export interface Usage {
  readonly prompt_tokens: number;
  readonly completion_tokens: number;
  readonly total_tokens: number;
  readonly prompt_tokens_details: Readonly<Record<string, number>>;
  readonly completion_tokens_details: Readonly<Record<string, number>>;
}

/** The usage of an answer that neither cached nor reasoned. The model is the snapshot that answers. */
export function usage(model: string, prompt: number, completion: number): Usage {
  // gpt-5.6 is the first that tells what it wrote to the cache (wire.md 3.2).
  const cacheWrites = model.startsWith('gpt-5.6') ? { cache_write_tokens: 0 } : {};
  return {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: 0,
      ...cacheWrites,
      audio_tokens: 0,
    },
    completion_tokens_details: {
      reasoning_tokens: 0,
      audio_tokens: 0,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
    },
  };
}
