import { pythonNumber } from '../wire/python-number.ts';
import { enumerate } from './enumerate.ts';
import { apiError, type ErrorAnswer } from './error.ts';

/*
 * Errors of the API service about parameters, all of layer A. A parameter is named by its path, `a.b[0].c`; what was
 * found and expected is told in OpenAI's words ("an object", "one of a string or array of objects").
 */

/** wire.md 400-3. */
export function missingParameter(param: string): ErrorAnswer {
  return apiError(400, `Missing required parameter: '${param}'.`, {
    param,
    code: 'missing_required_parameter',
  });
}

/** wire.md 400-4, 400-5, 400-6. */
export function invalidType(param: string, expected: string, found: string): ErrorAnswer {
  return apiError(400, `Invalid type for '${param}': expected ${expected}, but got ${found} instead.`, {
    param,
    code: 'invalid_type',
  });
}

/** wire.md 400-7. */
export function invalidValue(param: string, value: string, supported: readonly string[]): ErrorAnswer {
  return apiError(400, `Invalid value: '${value}'. Supported values are: ${enumerate(supported)}.`, {
    param,
    code: 'invalid_value',
  });
}

/** wire-responses.md 6.4: measured for `prompt_cache_retention` of chat completions. Param and code are unverified. */
export function invalidArgument(param: string): ErrorAnswer {
  return apiError(400, `Invalid ${param} argument`, { param, code: 'invalid_value' });
}

/** wire-responses.md 6.4: measured of gpt-5.6. */
export function topLogprobsTooMany(limit: number): ErrorAnswer {
  return apiError(400, `Invalid value for 'top_logprobs': must be less than or equal to ${limit}.`, { param: 'top_logprobs' });
}

/** wire.md 400-9 and 400-41. */
export function unsupportedParameter(param: string): ErrorAnswer {
  const hint = param === 'max_tokens' ? " Use 'max_completion_tokens' instead." : '';
  return apiError(400, `Unsupported parameter: '${param}' is not supported with this model.${hint}`, {
    param,
    code: 'unsupported_parameter',
  });
}

/** wire.md 400-10. */
export function unsupportedValue(param: string, value: number, onlyDefault: number): ErrorAnswer {
  return apiError(
    400,
    `Unsupported value: '${param}' does not support ${pythonNumber(value)} with this model. ` +
      `Only the default (${onlyDefault}) value is supported.`,
    { param, code: 'unsupported_value' },
  );
}

/** wire.md 400-11 and, for decimals, 400-14, whose text is derived from that of 400-13. */
export function aboveMaximum(param: string, kind: 'integer' | 'decimal', { limit, found }: Bound): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': ${kind} above maximum value. Expected a value <= ${limit}, but got ${pythonNumber(found)} instead.`,
    { param, code: `${kind}_above_max_value` },
  );
}

/** wire.md 400-12 and 400-13. */
export function belowMinimum(param: string, kind: 'integer' | 'decimal', { limit, found }: Bound): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': ${kind} below minimum value. Expected a value >= ${limit}, but got ${pythonNumber(found)} instead.`,
    { param, code: `${kind}_below_min_value` },
  );
}

/** What a number or a length was held against. */
export interface Bound {
  readonly limit: number | bigint;
  readonly found: number;
}

/** wire.md 400-15. Lengths in characters. */
export function stringTooLong(param: string, { limit, found }: Bound): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': string too long. Expected a string with maximum length ${limit}, ` +
      `but got a string with length ${found} instead.`,
    { param, code: 'string_above_max_length' },
  );
}

/** wire-responses.md 5.2, "empty call_id". */
export function emptyString(param: string): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': empty string. Expected a string with minimum length 1, but got an empty string instead.`,
    { param, code: 'empty_string' },
  );
}

/** wire-responses.md 5.2, "wrong id prefix". */
export function wrongIdPrefix(param: string, value: string, prefix: string): ErrorAnswer {
  return apiError(400, `Invalid '${param}': '${value}'. Expected an ID that begins with '${prefix}'.`, {
    param,
    code: 'invalid_value',
  });
}

/** wire-responses.md 6.4 has the code; the text is made after that of 400-15. */
export function propertyNameTooLong(param: string, { limit, found }: Bound): ErrorAnswer {
  return apiError(
    400,
    `Invalid property name in '${param}': string too long. Expected a property name with maximum length ${limit}, ` +
      `but got a property name with length ${found} instead.`,
    { param, code: 'property_name_above_max_length' },
  );
}

/** wire.md 400-16. */
export function arrayTooLong(param: string, { limit, found }: Bound): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': array too long. Expected an array with maximum length ${limit}, ` +
      `but got an array with length ${found} instead.`,
    { param, code: 'array_above_max_length' },
  );
}

/** wire.md 400-17. */
export function emptyArray(param: string): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': empty array. Expected an array with minimum length 1, but got an empty array instead.`,
    { param, code: 'empty_array' },
  );
}

/** wire.md 400-18: top-level fields of a chat request that the API does not know. */
export function unrecognizedArguments(names: readonly string[]): ErrorAnswer {
  return apiError(400, `Unrecognized request argument${names.length > 1 ? 's' : ''} supplied: ${names.join(', ')}`);
}

/** wire.md 400-25, with the code of 2025. */
export function maxTokensTooLarge({ limit, found }: Bound): ErrorAnswer {
  return apiError(
    400,
    `max_tokens is too large: ${pythonNumber(found)}. This model supports at most ${limit} completion tokens, ` +
      `whereas you provided ${pythonNumber(found)}.`,
    { param: 'max_tokens', code: 'invalid_value' },
  );
}

/** wire.md 400-26: found after admission. */
export function contentPolicyViolation(): ErrorAnswer {
  return {
    ...apiError(
      400,
      'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a ' +
        'different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
      { code: 'invalid_prompt' },
    ),
    admitted: true,
  };
}

/** A request that does not fit the context window, in tokens. */
export interface ContextOverflow {
  readonly limit: number;
  readonly messages: number;
  /** Given when the request has tools. */
  readonly functions?: number | undefined;
  /** Given when the request names `max_tokens`; told only where the window holds the completion too. */
  readonly completion?: number | undefined;
}

/** wire.md 400-21 to 400-24: the wording depends on the model's family and on what fills the window. */
export function contextLengthExceeded(model: string, { limit, messages, functions, completion }: ContextOverflow): ErrorAnswer {
  const code = 'context_length_exceeded';
  if (NEWEST.test(model)) {
    return apiError(400, 'Your input exceeds the context window of this model. Please adjust your input and try again.', {
      param: 'input',
      code,
    });
  }
  const opening = `This model's maximum context length is ${limit} tokens. However, `;
  if (completion !== undefined && countsCompletion(model)) {
    const all = messages + completion;
    const parts = `(${messages} in the messages, ${completion} in the completion)`;
    const advice = 'Please reduce the length of the messages or completion.';
    return apiError(400, `${opening}you requested ${all} tokens ${parts}. ${advice}`, { param: 'messages', code });
  }
  const all = messages + (functions ?? 0);
  const parts = functions === undefined ? '' : ` (${messages} in the messages, ${functions} in the functions)`;
  const advice = `Please reduce the length of the messages${functions === undefined ? '' : ' or functions'}.`;
  return apiError(400, `${opening}your messages resulted in ${all} tokens${parts}. ${advice}`, { param: 'messages', code });
}

/** gpt-5 and everything after it. */
const NEWEST = /^(?:gpt-(?:[5-9]|\d\d)|chat-latest)/;

/** Whether `max_tokens` counts against the window: in gpt-3.5 and in gpt-4 without a letter behind. */
export function countsCompletion(model: string): boolean {
  return /^gpt-(?:3\.5|4)(?:-|$)/.test(model);
}
