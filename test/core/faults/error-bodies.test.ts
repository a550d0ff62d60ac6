import { expect, test } from 'vitest';
import { faultNamed } from '../../../src/core/faults/registry.ts';
import { applyFault, errorOf } from '../../support/apply-fault.ts';
import { headerOf } from '../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../support/reply-context.ts';

const INVALID = 'invalid_request_error';
const { organizationId, project } = replyContext().identity;

/** A chat request for the model; further fields of the body follow. */
function chat(model: string, fields: Readonly<Record<string, unknown>> = {}) {
  return apiRequest({
    body: { model, messages: [{ role: 'user', content: 'Hello' }], ...fields },
  });
}

test.each([
  ['missing_parameter', "Missing required parameter: 'messages'.", INVALID, 'messages', 'missing_required_parameter'],
  [
    'invalid_type',
    "Invalid type for 'messages[0].content': expected one of a string or array of objects, but got an object instead.",
    INVALID,
    'messages[0].content',
    'invalid_type',
  ],
  [
    'invalid_value',
    "Invalid value: 'developer'. Supported values are: 'system', 'assistant', 'user', 'function', and 'tool'.",
    INVALID,
    'messages[0].role',
    'invalid_value',
  ],
  [
    'unsupported_parameter',
    "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
    INVALID,
    'max_tokens',
    'unsupported_parameter',
  ],
  [
    'max_tokens_too_large',
    'max_tokens is too large: 20480. This model supports at most 16384 completion tokens, whereas you provided 20480.',
    INVALID,
    'max_tokens',
    'invalid_value',
  ],
  [
    'content_policy_violation',
    'Invalid prompt: your prompt was flagged as potentially violating our usage policy. Please try again with a different prompt: https://platform.openai.com/docs/guides/reasoning#advice-on-prompting',
    INVALID,
    null,
    'invalid_prompt',
  ],
  [
    'missing_api_key',
    "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API from your browser and are prompted for a username and password. You can obtain an API key from https://platform.openai.com/account/api-keys.",
    INVALID,
    null,
    null,
  ],
  [
    'mismatched_organization',
    'OpenAI-Organization header should match organization for API key',
    INVALID,
    null,
    'mismatched_organization',
  ],
  [
    'account_deactivated',
    'The OpenAI account associated with this API key has been deactivated. If you are the developer for this OpenAI app, please check your email for more information. If you are seeing this error while using another app or site, please reach out to them for more help.',
    INVALID,
    null,
    'account_deactivated',
  ],
  [
    'missing_scopes',
    "You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have the correct role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using a restricted API key, that it has the necessary scopes.",
    INVALID,
    null,
    null,
  ],
  ['model_forbidden', `Project \`${project}\` does not have access to model \`gpt-4o\``, INVALID, null, 'model_not_found'],
  ['model_not_found', 'The model `gpt-4o` does not exist or you do not have access to it.', INVALID, null, 'model_not_found'],
  ['unknown_url', 'Invalid URL (POST /v1/chat/completions)', INVALID, null, null],
  [
    'request_too_large',
    `Request too large for gpt-4o in organization ${organizationId} on tokens per min (TPM): Limit 30000, Requested 60000. The input or output tokens must be reduced in order to run successfully. Visit https://platform.openai.com/account/rate-limits to learn more.`,
    'tokens',
    null,
    'rate_limit_exceeded',
  ],
  [
    'insufficient_quota',
    'You have no credits remaining. Add credits to continue using the API at https://platform.openai.com/settings/organization/billing/.',
    'insufficient_quota',
    null,
    'credit_balance_exhausted',
  ],
  [
    'overloaded',
    'Our servers are currently overloaded. Please try again later.',
    'service_unavailable_error',
    null,
    'server_is_overloaded',
  ],
  [
    'server_error',
    'The server had an error processing your request. Sorry about that! You can retry your request, or contact us through our help center at help.openai.com if you keep seeing this error. (Please include the request ID req_ed1692f28b27414ebc298d2b377f052d in your email.)',
    'server_error',
    null,
    null,
  ],
] as const)('%s says what OpenAI says', (name, message, type, param, code) => {
  expect(errorOf(applyFault(name))).toEqual({ message, type, param, code });
});

test.each([
  ['rate_limit', ['message', 'type', 'param', 'code']],
  ['unsupported_country', ['code', 'message', 'param', 'type']],
] as const)('%s has the keys in the order of the wire', (name, keys) => {
  expect(Object.keys(errorOf(applyFault(name)))).toEqual(keys);
});

test('a URL without /v1 is unknown in other words and another order', () => {
  const reply = applyFault('unknown_url', {}, { request: apiRequest({ path: '/chat/completions' }) });
  expect(reply.text).toBe(`{
  "error": {
    "type": "invalid_request_error",
    "code": "unknown_url",
    "message": "Unknown request URL: POST /chat/completions. Please check the URL for typos, or see the docs at https://platform.openai.com/docs/api-reference/.",
    "param": null
  }
}`);
});

test('an unknown model of the models endpoint ends with a newline', () => {
  const request = apiRequest({ method: 'GET', path: '/v1/models/ft%3A123' });
  expect(applyFault('model_not_found', {}, { request }).text).toBe(`{
  "error": {
    "message": "The model 'ft:123' does not exist",
    "type": "invalid_request_error",
    "param": "model",
    "code": "model_not_found"
  }
}
`);
});

test.each([
  [
    'gpt-4',
    {},
    { limit: 4097, used: 4294 },
    "This model's maximum context length is 4097 tokens. However, your messages resulted in 4294 tokens. Please reduce the length of the messages.",
  ],
  [
    'gpt-4o',
    { tools: [{ type: 'function', function: { name: 'get_weather' } }] },
    { used: 202868 },
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 202868 tokens (202854 in the messages, 14 in the functions). Please reduce the length of the messages or functions.",
  ],
  [
    'gpt-4',
    { max_tokens: 8192 },
    { limit: 8192, used: 8256 },
    "This model's maximum context length is 8192 tokens. However, you requested 8256 tokens (64 in the messages, 8192 in the completion). Please reduce the length of the messages or completion.",
  ],
  [
    'gpt-4o',
    { max_tokens: 8192 },
    { used: 130000 },
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 130000 tokens. Please reduce the length of the messages.",
  ],
  [
    'gpt-4o',
    {},
    {},
    "This model's maximum context length is 128000 tokens. However, your messages resulted in 134400 tokens. Please reduce the length of the messages.",
  ],
] as const)('%s with %j and %j names the tokens', (model, fields, params, message) => {
  const error = errorOf(
    applyFault('context_length_exceeded', params, {
      request: chat(model, fields),
    }),
  );
  expect(error).toEqual({
    message,
    type: INVALID,
    param: 'messages',
    code: 'context_length_exceeded',
  });
});

test.each([
  ['gpt-4-0613', 'any', 8_192],
  ['gpt-4.1-mini', 'any', 1_047_576],
  ['o3', 'any', 200_000],
  ['mine', 'any', 128_000],
  ['mine', [{ id: 'other' }, { id: 'mine', contextWindow: 1_000 }], 1_000],
  ['other', [{ id: 'other' }], 128_000],
] as const)('the context window of %s with models %j is %d', (model, models, window) => {
  const settings = { ...plainSettings, models };
  const { message } = errorOf(applyFault('context_length_exceeded', {}, { request: chat(model), settings }));
  expect(message).toContain(`maximum context length is ${window} tokens.`);
});

test.each([
  [
    '/v1/completions',
    { model: 'gpt-3.5-turbo-instruct', prompt: 'Hello', max_tokens: 100 },
    {},
    "This model's maximum context length is 4096 tokens, however you requested 4301 tokens (4201 in your prompt; 100 for the completion). Please reduce your prompt; or completion length.",
  ],
  [
    '/v1/completions',
    { model: 'davinci-002', prompt: 'Hello' },
    { limit: 2049, used: 2100 },
    "This model's maximum context length is 2049 tokens, however you requested 2100 tokens (2084 in your prompt; 16 for the completion). Please reduce your prompt; or completion length.",
  ],
  [
    '/v1/embeddings',
    { model: 'text-embedding-3-small', input: 'Hello' },
    {},
    "Invalid 'input[0]': maximum input length is 8192 tokens.",
  ],
  [
    '/v1/embeddings',
    { model: 'mine', input: 'Hello' },
    { limit: 512 },
    "Invalid 'input[0]': maximum input length is 512 tokens.",
  ],
] as const)('%s has a wording of its own for %j that is too long', (path, body, params, message) => {
  const error = errorOf(applyFault('context_length_exceeded', params, { request: apiRequest({ path, body }) }));
  expect(error).toEqual({ message, type: INVALID, param: null, code: null });
});

test('a window never holds what is said to exceed it', () => {
  const { message } = errorOf(applyFault('context_length_exceeded', { used: 5 }));
  expect(message).toContain('maximum context length is 4 tokens. However, your messages resulted in 5 tokens.');
});

test('max_tokens is told as the request has it', () => {
  const { message } = errorOf(applyFault('max_tokens_too_large', {}, { request: chat('gpt-4o', { max_tokens: 100 }) }));
  expect(message).toBe(
    'max_tokens is too large: 100. This model supports at most 99 completion tokens, whereas you provided 100.',
  );
});

test('a parameter other than max_tokens has no replacement', () => {
  const { message } = errorOf(applyFault('unsupported_parameter', { param: 'parallel_tool_calls' }));
  expect(message).toBe("Unsupported parameter: 'parallel_tool_calls' is not supported with this model.");
});

test.each([
  [{ limit: 100 }, 'Limit 100, Requested 200.'],
  [{ requested: 61_337 }, 'Limit 30000, Requested 61337.'],
  [{ requested: 500 }, 'Limit 499, Requested 500.'],
  [{ limit: 100, requested: 101 }, 'Limit 100, Requested 101.'],
])('request_too_large with %j has %s', (params, numbers) => {
  const reply = applyFault('request_too_large', params);
  expect(errorOf(reply)['message']).toContain(numbers);
  expect(headerOf(reply, 'retry-after')).toBeUndefined();
});

test('a request that really is too large is told its own count', () => {
  const request = apiRequest({
    body: {
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'x'.repeat(400_000) }],
    },
  });
  expect(errorOf(applyFault('request_too_large', {}, { request }))['message']).toContain('Limit 30000, Requested 100003.');
});

test.each([
  ['request_too_large', { limit: 10, requested: 10 }, 'requested must be above limit'],
  ['context_length_exceeded', { limit: 10, used: 9 }, 'used must be above limit'],
  [
    'insufficient_quota',
    { era: 2025, code: 'credit_balance_exhausted' },
    'era 2025 has the code insufficient_quota only: leave out code or era',
  ],
  ['http_error', { body: 'x', code: 'y' }, 'body replaces the error object: leave out message, type, param, code, or body'],
])('%s refuses %j', (name, params, message) => {
  expect(
    faultNamed(name)
      .params.safeParse(params)
      .error?.issues.map((issue) => issue.message),
  ).toEqual([message]);
});

test.each(['organization_spend_limit_exceeded', 'project_spend_limit_exceeded', 'organization_usage_limit_exceeded'] as const)(
  'insufficient_quota takes the code %s',
  (code) => {
    expect(errorOf(applyFault('insufficient_quota', { code }))).toMatchObject({
      type: 'insufficient_quota',
      code,
    });
  },
);

test('the classic insufficient_quota has the classic code', () => {
  expect(errorOf(applyFault('insufficient_quota', { era: 2025 }))).toMatchObject({
    type: 'insufficient_quota',
    code: 'insufficient_quota',
  });
});

test('a key is masked as it came, and a missing one is made up', () => {
  const sent = errorOf(applyFault('invalid_api_key', {}, { request: apiRequest({ key: 'test-configured-key!' }) }));
  expect(sent['message']).toContain(': test-con********key!. You can');
  const none = errorOf(applyFault('invalid_api_key', {}, { request: apiRequest({ key: undefined }) }));
  expect(none['message']).toMatch(/: sk-mock0\*{36}0000\. You can/);
});

test('a blocked prompt shows what it drew from the rate limit', () => {
  const reply = applyFault('content_policy_violation');
  expect(headerOf(reply, 'x-ratelimit-remaining-requests')).toBe('9999');
  expect(headerOf(reply, 'openai-version')).toBe('2020-10-01');
});

test('a 500 names neither version nor account', () => {
  const names = applyFault('server_error').head.headers.map(([name]) => name);
  expect(names.filter((name) => name.startsWith('openai-'))).toEqual(['openai-processing-ms']);
  expect(names).toContain('x-request-id');
});
