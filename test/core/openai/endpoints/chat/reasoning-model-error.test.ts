import { expect, test } from 'vitest';
import { refusal } from '../../../../support/refusal.ts';

const TERRA = 'gpt-5.6-terra';
const unsupported = (name: string, hint = '') =>
  [`Unsupported parameter: '${name}' is not supported with this model.${hint}`, name, 'unsupported_parameter'] as const;

/** wire-responses.md 6: fields, message, param and code. */
const drifted: readonly (readonly [what: string, fields: object, message: string, param: string | null, code: string | null])[] =
  [
    ['an unknown field', { bogus: 1 }, "Unknown parameter: 'bogus'.", 'bogus', 'unknown_parameter'],
    [
      'what was meant',
      { strem: 1 },
      "Unknown parameter: 'strem'. Did you mean 'stream' or 'store'?",
      'strem',
      'unknown_parameter',
    ],
    ['one unknown field of two', { zzz: 1, yyy: 1 }, "Unknown parameter: 'zzz'.", 'zzz', 'unknown_parameter'],
    ...['audio', 'modalities', 'web_search_options', 'reasoning', 'text'].map(
      (name) => [name, { [name]: {} }, `Unknown parameter: '${name}'.`, name, 'unknown_parameter'] as const,
    ),
    ['stop', { stop: 'x' }, ...unsupported('stop')],
    ['stop without reasoning', { stop: 'x', reasoning_effort: 'none' }, ...unsupported('stop')],
    ['logit_bias', { logit_bias: { 7: 1 } }, ...unsupported('logit_bias')],
    ['prediction', { prediction: { type: 'content', content: 'x' } }, ...unsupported('prediction')],
    ['max_tokens', { max_tokens: 5 }, ...unsupported('max_tokens', " Use 'max_completion_tokens' instead.")],
    ['top_p', { top_p: 0.5, reasoning_effort: 'none' }, ...unsupported('top_p')],
    ['a penalty', { presence_penalty: 1 }, ...unsupported('presence_penalty')],
    ['logprobs', { logprobs: true }, ...unsupported('logprobs')],
    [
      'too many choices',
      { n: 9 },
      "Invalid 'n': integer above maximum value. Expected a value <= 8, but got 9 instead.",
      'n',
      'integer_above_max_value',
    ],
    [
      'too many alternatives',
      { logprobs: true, top_logprobs: 6, reasoning_effort: 'none' },
      "Invalid value for 'top_logprobs': must be less than or equal to 5.",
      'top_logprobs',
      null,
    ],
    [
      'a moderation without a model',
      { moderation: {} },
      "Missing required parameter: 'moderation.model'.",
      'moderation.model',
      'missing_required_parameter',
    ],
    [
      'a long key of metadata',
      { metadata: { ['k'.repeat(65)]: 'x' } },
      "Invalid property name in 'metadata': string too long. Expected a property name with maximum length 64, but got a property name with length 65 instead.",
      'metadata',
      'property_name_above_max_length',
    ],
    [
      'a retention',
      { prompt_cache_retention: '1h' },
      'Invalid prompt_cache_retention argument',
      'prompt_cache_retention',
      'invalid_value',
    ],
  ];

test.each(drifted)('gpt-5.6 refuses %s', (_what, fields, message, param, code) => {
  expect(refusal({ model: TERRA, ...fields })?.error).toEqual({ message, type: 'invalid_request_error', param, code });
});

test.each<[string, object]>([
  ['penalties', { presence_penalty: 1, frequency_penalty: 1 }],
  ['logprobs', { logprobs: true, top_logprobs: 5 }],
  ['tools', { tools: [{ type: 'function', function: { name: 'f' } }] }],
])('gpt-5.6 that is told not to reason takes %s', (_what, fields) => {
  expect(refusal({ model: TERRA, reasoning_effort: 'none', ...fields })).toBeUndefined();
});

test.each(['gpt-4o', 'gpt-5'])('%s tells all unknown fields at once', (model) => {
  expect(refusal({ model, zzz: 1, yyy: 1 })?.error?.message).toBe('Unrecognized request arguments supplied: zzz, yyy');
});
