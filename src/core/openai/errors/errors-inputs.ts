import { apiError, type ErrorAnswer } from './error.ts';

/* Errors of the API service about what completions and embeddings are asked about: prompts, inputs and their tokens. */

/** wire.md 400-34: found after admission. */
export function invalidToken(id: number, max: number): ErrorAnswer {
  return {
    ...apiError(400, `Invalid token in prompt: ${id}. Minimum value is 0, maximum value is ${max} (inclusive).`),
    admitted: true,
  };
}

/** Tokens of a prompt and of what is to follow it. */
export interface PromptOverflow {
  readonly limit: number;
  readonly prompt: number;
  readonly completion: number;
}

/** In public reports of legacy completions, from 2023 on. */
export function promptTooLong({ limit, prompt, completion }: PromptOverflow): ErrorAnswer {
  return apiError(
    400,
    `This model's maximum context length is ${limit} tokens, however you requested ${prompt + completion} tokens ` +
      `(${prompt} in your prompt; ${completion} for the completion). Please reduce your prompt; or completion length.`,
  );
}

/** In the reference implementations that clients test against; its param is unverified. */
export function moreChoicesThanGenerated(n: number, bestOf: number): ErrorAnswer {
  return apiError(
    400,
    'You requested that the server return more choices than it will generate (HINT: you must set ' +
      `'n' (currently ${n}) to be at most 'best_of' (currently ${bestOf}), or omit either parameter if you don't specifically ` +
      'want to use them.)',
    { param: 'best_of' },
  );
}

/** Not OpenAI's: a bound of the mock. */
export function tooManyTexts(prompts: number, choices: number, most: number): ErrorAnswer {
  return apiError(
    400,
    `You requested ${prompts} prompts with ${choices} choices each. mock-openai makes at most ${most} texts at a time: ask for fewer prompts or a smaller 'n'.`,
    { param: 'n' },
  );
}

/** In public reports of 2026: of a single input too the first is named. */
export function inputTooLong(index: number, limit: number): ErrorAnswer {
  return apiError(400, `Invalid 'input[${index}]': maximum input length is ${limit} tokens.`);
}

/** In public reports of 2025: tokens of all inputs together. */
export function requestTooManyTokens(requested: number, limit: number): ErrorAnswer {
  const code = 'max_tokens_per_request';
  return apiError(400, `Requested ${requested} tokens, max ${limit} tokens per request`, { type: code, code });
}

/** In public reports of 2023 to 2025, for empty texts. */
export function emptyInput(): ErrorAnswer {
  return apiError(400, "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.");
}

/** In public reports of 2024 and 2025, for text-embedding-ada-002. */
export function dimensionsUnsupported(): ErrorAnswer {
  return apiError(400, 'This model does not support specifying dimensions.');
}

/** In public reports. Its layer is inferred. */
export function notEmbeddingModel(): ErrorAnswer {
  return apiError(403, 'You are not allowed to generate embeddings from this model');
}
