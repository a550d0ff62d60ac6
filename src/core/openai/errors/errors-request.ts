import { apiError, type ErrorAnswer, gatewayError } from './error.ts';

/*
 * Errors of the API service about what belongs together in a request: messages among each other, fields with fields, a
 * field with the model. What is not a row of wire.md is quoted from public reports, or else marked as unverified.
 */

/**
 * wire.md 400-18 for fields inside of others, by the template of its 400-19: `response_format.schema` in public reports.
 * `meant`: names that the client may have meant (wire-responses.md 5.2, "UP").
 */
export function unknownParameter(param: string, meant: readonly string[] = []): ErrorAnswer {
  const hint = meant.length === 0 ? '' : ` Did you mean ${meant.map((name) => `'${name}'`).join(' or ')}?`;
  return apiError(400, `Unknown parameter: '${param}'.${hint}`, { param, code: 'unknown_parameter' });
}

/** In public reports, for names of tools. */
export function patternMismatch(param: string, pattern: string): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': string does not match pattern. Expected a string that matches the pattern '${pattern}'.`,
    { param, code: 'invalid_value' },
  );
}

/** In public reports, for metadata. */
export function tooManyProperties(param: string, { limit, found }: { limit: number; found: number }): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': too many properties. Expected an object with at most ${limit} properties, ` +
      `but got an object with ${found} properties instead.`,
    { param, code: 'object_above_max_properties' },
  );
}

/** In public reports: the dot before the bracket as in wire.md 400-31. */
export function nullContent(index: number): ErrorAnswer {
  return apiError(400, "Invalid value for 'content': expected a string, got null.", { param: `messages.[${index}].content` });
}

/** wire.md 400-29. */
export function unsupportedContentBlocks(index: number): ErrorAnswer {
  const param = `messages[${index}]`;
  return apiError(400, `Invalid '${param}'. Content blocks are expected to be either text or image_url type.`, {
    param,
    code: 'invalid_value',
  });
}

/** Unverified. */
export function imageNotAllowed(index: number, role: string): ErrorAnswer {
  const param = `messages[${index}]`;
  return apiError(
    400,
    `Invalid '${param}'. Image URLs are only allowed for messages with role 'user', ` +
      `but this message with role '${role}' contains an image URL.`,
    { param, code: 'invalid_value' },
  );
}

/** wire.md 400-30 (sic). */
export function toolMessageUnasked(index: number): ErrorAnswer {
  return apiError(
    400,
    "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
    { param: `messages.[${index}].role` },
  );
}

/** wire.md 400-31. */
export function toolCallsUnanswered(index: number, ids: readonly string[]): ErrorAnswer {
  return apiError(
    400,
    "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. " +
      `The following tool_call_ids did not have response messages: ${ids.join(', ')}`,
    { param: `messages.[${index}].role` },
  );
}

/** In public reports for `stream_options`; for others by analogy. */
export function onlyAllowedWhen(param: string, other: string): ErrorAnswer {
  return apiError(400, `The '${param}' parameter is only allowed when '${other}' is enabled.`, { param });
}

/** In public reports for `tool_choice` and `function_call`; for others by analogy. */
export function fieldNotSpecified(param: string, needed: string): ErrorAnswer {
  return apiError(400, `Invalid value for '${param}': '${param}' is only allowed when '${needed}' are specified.`, { param });
}

/** In public reports. */
export function maxTokensTwice(): ErrorAnswer {
  return apiError(400, "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.", {
    param: 'max_tokens',
    code: 'invalid_parameter_combination',
  });
}

/** In public reports, 219 bytes. */
export function noWordJson(): ErrorAnswer {
  return apiError(400, "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", {
    param: 'messages',
  });
}

/** In public reports, for `logit_bias`. */
export function invalidKey(param: string, key: string): ErrorAnswer {
  return apiError(400, `Invalid key in '${param}': ${key}. You should only be submitting non-negative integers.`, { param });
}

/** wire.md 400-32. `problem` is what is wrong with the schema, in OpenAI's words. */
export function invalidFunctionSchema(param: string, name: string, problem: string): ErrorAnswer {
  return apiError(400, `Invalid schema for function '${name}': ${problem}`, { param, code: 'invalid_function_parameters' });
}

/** In public reports. */
export function invalidResponseSchema(name: string, problem: string): ErrorAnswer {
  return apiError(400, `Invalid schema for response_format '${name}': ${problem}`, { param: 'response_format' });
}

/** wire.md 400-8. */
export function unsupportedRole(index: number, role: string): ErrorAnswer {
  const param = `messages[${index}].role`;
  return apiError(400, `Unsupported value: '${param}' does not support '${role}' with this model.`, {
    param,
    code: 'unsupported_value',
  });
}

/** wire.md 400-42: the values without an "and". */
export function valueNotOfModel(param: string, value: string, supported: readonly string[]): ErrorAnswer {
  const values = supported.map((each) => `'${each}'`).join(', ');
  return apiError(
    400,
    `Unsupported value: '${param}' does not support '${value}' with this model. Supported values are: ${values}.`,
    { param, code: 'unsupported_value' },
  );
}

/** wire.md 400-43. */
export function toolsWithReasoning(model: string, avoidable: boolean): ErrorAnswer {
  const advice = avoidable
    ? "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
    : 'Please use /v1/responses instead.';
  return apiError(400, `Function tools with reasoning_effort are not supported for ${model} in /v1/chat/completions. ${advice}`, {
    param: 'reasoning_effort',
  });
}

/** wire.md 400-33. */
export function webSearchUnsupported(): ErrorAnswer {
  return apiError(400, 'Web search options not supported with this model.', { param: 'web_search_options' });
}

/** wire.md 1.3, "Responses-only model on chat". Its layer is inferred. */
export function responsesOnlyModel(): ErrorAnswer {
  return apiError(404, 'This model is only supported in v1/responses and not in v1/chat/completions.', { param: 'model' });
}

/** wire.md 1.3, "non-chat model on chat". Its layer is inferred. */
export function notChatModel(): ErrorAnswer {
  return apiError(
    404,
    'This is not a chat model and thus not supported in the v1/chat/completions endpoint. ' +
      'Did you mean to use v1/completions?',
    { param: 'model' },
  );
}

/** wire.md 1.3, "retired model". */
export function modelDeprecated(model: string): ErrorAnswer {
  return gatewayError(
    404,
    `The model \`${model}\` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations`,
    { code: 'model_not_found' },
  );
}
