import { enumerate } from './enumerate.ts';
import { apiError, type ErrorAnswer } from './error.ts';

/*
 * Errors of the Responses API about requests, all of layer A (wire-responses.md 5.2). What applies to other endpoints, too,
 * is in the other files.
 */

/** Captured of conversations; on /v1/responses itself not seen. */
export function invalidBody(): ErrorAnswer {
  return apiError(
    400,
    'Invalid body: failed to parse JSON value. Please check the value to ensure it is valid JSON. (Common errors include ' +
      'trailing commas, missing closing brackets, missing quotation marks, etc.)',
    { code: 'invalid_json' },
  );
}

/** Captured, 191 bytes for `this-model-does-not-exist`. A 400, not a 404. */
export function requestedModelNotFound(model: string): ErrorAnswer {
  return apiError(400, `The requested model '${model}' does not exist.`, { param: 'model', code: 'model_not_found' });
}

/** Measured (sic), for an empty `input`. */
export function nothingAsked(): ErrorAnswer {
  return apiError(400, `One of "input" or "previous_response_id" or 'prompt' or 'conversation' must be provided.`, {
    code: 'missing_required_parameter',
  });
}

/** Measured for `messages`, second-hand for the others. `moved`: what the parameter is called here. */
export function movedParameter(param: string, moved: string): ErrorAnswer {
  return apiError(
    400,
    `Unsupported parameter: '${param}'. In the Responses API, this parameter has moved to '${moved}'. Try again with the new ` +
      'parameter. See the API documentation for more information: ' +
      'https://platform.openai.com/docs/api-reference/responses/create.',
    { code: 'unsupported_parameter' },
  );
}

/** Measured and captured: without a code, which chat completions have. */
export function samplingUnsupported(param: string): ErrorAnswer {
  return apiError(400, `Unsupported parameter: '${param}' is not supported with this model.`, { param });
}

/** Measured. `param` is what asked for them. */
export function logprobsUnsupported(param: 'include' | 'top_logprobs'): ErrorAnswer {
  return apiError(400, 'logprobs are not supported with reasoning models.', { param, code: 'unsupported_parameter' });
}

/** Measured. */
export function effortNotOfModel(effort: string, model: string, supported: readonly string[]): ErrorAnswer {
  return apiError(
    400,
    `Unsupported value: '${effort}' is not supported with the '${model}' model. Supported values are: ${enumerate(supported)}.`,
    { param: 'reasoning.effort', code: 'unsupported_value' },
  );
}

/** In public reports. Param and code are unverified. */
export function toolsNotWithEffort(effort: string, tools: readonly string[]): ErrorAnswer {
  return apiError(400, `The following tools cannot be used with reasoning.effort '${effort}': ${tools.join(', ')}.`, {
    param: 'tools',
  });
}

/** In public reports. Param and code are unverified. */
export function hostedToolUnsupported(tool: string, model: string): ErrorAnswer {
  return apiError(400, `Hosted tool '${tool}' is not supported with ${model}.`, { param: 'tools' });
}

/** Captured. */
export function invalidFormatSchema(name: string, problem: string): ErrorAnswer {
  return apiError(400, `Invalid schema for response_format '${name}': ${problem}`, {
    param: 'text.format.schema',
    code: 'invalid_json_schema',
  });
}

/** In public reports. Param and code are unverified. */
export function inputWithoutWordJson(): ErrorAnswer {
  return apiError(
    400,
    "Response input messages must contain the word 'json' in some form to use 'text.format' of type 'json_object'.",
    { param: 'input' },
  );
}

/** Captured and measured. Names of more than 12 characters are cut. */
export function mutuallyExclusive(...names: readonly string[]): ErrorAnswer {
  const shown = names.map((name) => `'${name.length > 12 ? `${name.slice(0, 3)}...${name.slice(-3)}` : name}'`);
  return apiError(400, `Mutually exclusive parameters: ''. Ensure you are only providing one of: ${shown.join(' or ')}.`, {
    code: 'mutually_exclusive_parameters',
  });
}

/** Measured. */
export function promptNotFound(id: string): ErrorAnswer {
  return apiError(404, `Prompt with id '${id}' not found.`);
}

/** In public reports. The code is unverified. */
export function strangeId(param: string, id: string): ErrorAnswer {
  return apiError(
    400,
    `Invalid '${param}': '${id}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value ` +
      'contained additional characters.',
    { param, code: 'invalid_value' },
  );
}

/** Unverified: that background mode needs a stored response is documented, its words are not. */
export function backgroundNotStored(): ErrorAnswer {
  return apiError(400, "Background mode requires 'store' to be true.", { param: 'background', code: 'invalid_value' });
}

/** In public reports. */
export function toolCallNotFound(callId: string): ErrorAnswer {
  return apiError(400, `No tool call found for function call output with call_id ${callId}.`, { param: 'input' });
}

/** In public reports. */
export function toolOutputNotFound(callId: string): ErrorAnswer {
  return apiError(400, `No tool output found for function call ${callId}.`, { param: 'input' });
}

/** Captured, 243 bytes for an id of 51 characters. */
export function reasoningAlone(id: string): ErrorAnswer {
  return apiError(400, `Item '${id}' of type 'reasoning' was provided without its required following item.`, { param: 'input' });
}

/** In public reports. Param and code are unverified. */
export function duplicateItem(id: string): ErrorAnswer {
  return apiError(400, `Duplicate item found with id ${id}. Remove duplicate items from your input and try again.`, {
    param: 'input',
  });
}

/** In public reports of 2026. */
export function encryptedContentUnreadable(id: string): ErrorAnswer {
  return apiError(
    400,
    `The encrypted content for item ${id} could not be verified. Reason: Encrypted content could not be decrypted or parsed.`,
    { code: 'invalid_encrypted_content' },
  );
}

/** Captured, 228 bytes: of all models. */
export function inputTooLongForModel(): ErrorAnswer {
  return apiError(400, 'Your input exceeds the context window of this model. Please adjust your input and try again.', {
    param: 'input',
    code: 'context_length_exceeded',
  });
}

/** wire-responses.md 4: measured. The same where the earlier response was not to be stored. */
export function previousResponseNotFound(id: string): ErrorAnswer {
  return apiError(400, `Previous response with id '${id}' not found.`, {
    param: 'previous_response_id',
    code: 'previous_response_not_found',
  });
}

/** wire-responses.md 4: unverified, by analogy. */
export function responseNotFound(id: string): ErrorAnswer {
  return apiError(404, `Response with id '${id}' not found.`);
}

/** wire-responses.md 4: captured. */
export function conversationNotFound(id: string): ErrorAnswer {
  return apiError(404, `Conversation with id '${id}' not found.`);
}

/** wire-responses.md 4: captured. */
export function conversationItemNotFound(id: string): ErrorAnswer {
  return apiError(404, `Item with id '${id}' not found in conversation.`);
}

/** wire-responses.md 4: in public reports. A 400, which no SDK retries. */
export function conversationLocked(): ErrorAnswer {
  return apiError(400, 'Another process is currently operating on this conversation. Please retry in a few seconds.', {
    param: 'conversation',
    code: 'conversation_locked',
  });
}

/** Measured, and with the second sentence in public reports. Param and code are unverified. */
export function itemNotFound(id: string): ErrorAnswer {
  return apiError(
    404,
    `Item with id '${id}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to ` +
      'true, or remove this item from your input.',
    { param: 'input' },
  );
}

/** wire-responses.md 4: second-hand; param and code are unverified. */
export function cannotCancel(what: 'completed' | 'synchronous' | 'failed' | 'incomplete'): ErrorAnswer {
  const article = what === 'incomplete' ? 'an' : 'a';
  return apiError(400, `Cannot cancel ${article} ${what} response.`);
}

/** Unverified: that a stream can be taken up again only where it was asked for is documented, the words are not. */
export function responseNotStreamable(): ErrorAnswer {
  return apiError(400, 'This response cannot be streamed because it was not created with background=true and stream=true.', {
    param: 'stream',
  });
}
