import type { MapRule, NumberRule, Rule } from './rule.ts';

/* Fields that chat and legacy completions have in common (wire.md 5). */

const boolean: Rule = { kind: 'boolean', nullable: true };
const penalty: NumberRule = { kind: 'decimal', min: -2, max: 2, nullable: true };

/** That the ids have to be those of tokens of the model is let through: which they are is not known of all of them. */
const logitBias: MapRule = { kind: 'map', keys: 'integers', values: { kind: 'integer', min: -100, max: 100 }, nullable: true };

/** That neither list of `stop` may be empty is not in wire.md: it is let through. */
const stop: Rule = {
  kind: 'union',
  options: [{ kind: 'string' }, { kind: 'array', items: { kind: 'string' }, maxItems: 4 }],
  nullable: true,
};

export const samplingRules: Readonly<Record<string, Rule>> = {
  frequency_penalty: penalty,
  presence_penalty: penalty,
  logit_bias: logitBias,
  n: { kind: 'integer', min: 1, max: 128, nullable: true },
  seed: { kind: 'integer', min: -(2n ** 63n), max: 2n ** 63n - 1n, nullable: true },
  stop,
  stream: boolean,
  // What null means inside is not in wire.md: it is let through.
  stream_options: { kind: 'object', fields: { include_usage: boolean, include_obfuscation: boolean }, nullable: true },
  temperature: { kind: 'decimal', min: 0, max: 2, nullable: true },
  top_p: { kind: 'decimal', min: 0, max: 1, nullable: true },
  user: { kind: 'string' },
};
