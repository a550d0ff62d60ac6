import type { ObjectRule, Rule } from '../../validation/rule.ts';

/** Every field of an embeddings request (wire.md 5). */
const fields: Readonly<Record<string, Rule>> = {
  model: { kind: 'string' },
  // The largest id depends on the tokens of the model, and no report tells what is said of a larger one: it is let through.
  input: { kind: 'input', maxItems: 2_048, entry: { kind: 'integer', min: 0 } },
  // Of a model that is not known the greatest number is our own bound.
  dimensions: { kind: 'integer', min: 1, max: 8_192 },
  encoding_format: { kind: 'string', values: ['float', 'base64'] },
  user: { kind: 'string' },
};

/** An embeddings request. */
export const embeddingRules: ObjectRule = { kind: 'object', fields, required: ['input'] };
