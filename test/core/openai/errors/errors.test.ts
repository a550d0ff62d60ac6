import { expect, test } from 'vitest';
import { openai } from '../../../../src/core/openai/dialects/openai/dialect.ts';
import { errorReply, errorText } from '../../../../src/core/openai/errors/error.ts';
import * as errors from '../../../../src/core/openai/errors/errors.ts';
import { collect } from '../../../support/effects.ts';
import { replyContext } from '../../../support/reply-context.ts';

test.each([
  [errors.missingModel(), 'you must provide a model parameter', null, null],
  [
    errors.unsupportedContentType('multipart/form-data; boundary=x'),
    "Unsupported content type: 'multipart/form-data'. This API method only accepts 'application/json' requests, but you specified the header 'Content-Type: multipart/form-data; boundary=x'. Please try again with a supported content type.",
    null,
    'unsupported_content_type',
  ],
  [
    errors.invalidValue('role', 'x', ['a', 'b']),
    "Invalid value: 'x'. Supported values are: 'a' and 'b'.",
    'role',
    'invalid_value',
  ],
  [
    errors.unsupportedValue('temperature', 0.16, 1),
    "Unsupported value: 'temperature' does not support 0.16 with this model. Only the default (1) value is supported.",
    'temperature',
    'unsupported_value',
  ],
  [
    errors.aboveMaximum('n', 'integer', { limit: 128, found: 130 }),
    "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 130 instead.",
    'n',
    'integer_above_max_value',
  ],
  [
    errors.belowMinimum('max_tokens', 'integer', { limit: 1, found: -1 }),
    "Invalid 'max_tokens': integer below minimum value. Expected a value >= 1, but got -1 instead.",
    'max_tokens',
    'integer_below_min_value',
  ],
  [
    errors.belowMinimum('temperature', 'decimal', { limit: 0, found: -1 }),
    "Invalid 'temperature': decimal below minimum value. Expected a value >= 0, but got -1 instead.",
    'temperature',
    'decimal_below_min_value',
  ],
  [
    errors.stringTooLong('messages[17].content', {
      limit: 1048576,
      found: 1744259,
    }),
    "Invalid 'messages[17].content': string too long. Expected a string with maximum length 1048576, but got a string with length 1744259 instead.",
    'messages[17].content',
    'string_above_max_length',
  ],
  [
    errors.arrayTooLong('tools', { limit: 128, found: 150 }),
    "Invalid 'tools': array too long. Expected an array with maximum length 128, but got an array with length 150 instead.",
    'tools',
    'array_above_max_length',
  ],
  [
    errors.emptyArray('messages'),
    "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty array instead.",
    'messages',
    'empty_array',
  ],
  [errors.unrecognizedArguments(['reasoning_effort']), 'Unrecognized request argument supplied: reasoning_effort', null, null],
  [errors.unrecognizedArguments(['a', 'b']), 'Unrecognized request arguments supplied: a, b', null, null],
])('a 400 says %#', (answer, message, param, code) => {
  expect(answer.status).toBe(400);
  expect(answer.error).toEqual({
    message,
    type: 'invalid_request_error',
    param,
    code,
  });
});

test('the gateway prints four spaces and a newline', () => {
  expect(errorText(errors.missingModel(), openai)).toBe(`{
    "error": {
        "message": "you must provide a model parameter",
        "type": "invalid_request_error",
        "param": null,
        "code": null
    }
}
`);
});

test('the API service prints two spaces and no newline', () => {
  expect(errorText(errors.missingParameter('messages'), openai)).toBe(`{
  "error": {
    "message": "Missing required parameter: 'messages'.",
    "type": "invalid_request_error",
    "param": "messages",
    "code": "missing_required_parameter"
  }
}`);
});

test('the edge prints one line', () => {
  expect(errorText(errors.unsupportedCountry(), openai)).not.toContain('\n');
});

test.each([
  ['hello', 'hello'],
  ['invalid-key', 'invalid-key'],
  ['twelve-chars', 'twelve-chars'],
  ['thirteen-char', 'thirteen*char'],
  ['test-configured!', 'test-con****red!'],
  ['<not-a-real-key>', '<not-a-r****key>'],
  ['bad-key-abcdefghijtest', 'bad-key-**********test'],
])('the key %s is printed as %s', (key, masked) => {
  expect(errors.maskKey(key)).toBe(masked);
});

test.each([
  ['/v1/foo', 'Invalid URL (GET /v1/foo)'],
  [
    '/v1',
    'Unknown request URL: GET /v1. Please check the URL for typos, or see the docs at https://platform.openai.com/docs/api-reference/.',
  ],
  [
    '/v10/foo',
    'Unknown request URL: GET /v10/foo. Please check the URL for typos, or see the docs at https://platform.openai.com/docs/api-reference/.',
  ],
  [
    '/v1/c/one/v1/models',
    'Invalid URL (GET /v1/c/one/v1/models). mock-openai: the URL of a call begins with its session: /s/default/c/one/v1/models',
  ],
  [
    '/c/one/v1/models',
    'Unknown request URL: GET /c/one/v1/models. Please check the URL for typos, or see the docs at https://platform.openai.com/docs/api-reference/. ' +
      'mock-openai: the URL of a call begins with its session: /s/default/c/one/v1/models',
  ],
])('the unknown URL %s is told in its own words', (path, message) => {
  expect(errors.unknownUrl('GET', path).error?.message).toBe(message);
});

test('an error is one head, one body and an end', () => {
  const { effects, text } = collect(errorReply(errors.missingModel(), replyContext()));
  expect(effects.map(({ type }) => type)).toEqual(['head', 'write', 'end']);
  expect(text).toBe(errorText(errors.missingModel(), openai));
});
