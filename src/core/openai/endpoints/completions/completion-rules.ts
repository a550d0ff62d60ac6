import { samplingRules } from '../../validation/common-rules.ts';
import type { ObjectRule, Rule } from '../../validation/rule.ts';

/** Every field of a legacy completion request (wire.md 5). */
const fields: Readonly<Record<string, Rule>> = {
  model: { kind: 'string' },
  // Has a default. The bounds of its token ids are those of the model: wire.md 400-34.
  prompt: { kind: 'input', maxItems: 2_048, entry: { kind: 'integer' }, nullable: true },
  best_of: { kind: 'integer', min: 0, max: 20, nullable: true },
  echo: { kind: 'boolean', nullable: true },
  logprobs: { kind: 'integer', min: 0, max: 5, nullable: true },
  max_tokens: { kind: 'integer', min: 0, nullable: true },
  suffix: { kind: 'string', nullable: true },
  ...samplingRules,
};

/**
 * A legacy completion request. `best_of` in a stream is let through: OpenAI's specification refuses it, but no report tells
 * in which words.
 */
export const completionRules: ObjectRule = { kind: 'object', fields };
