import { errorReply } from '../../../src/core/openai/errors/error.ts';
import { imageUnreachable, invalidApiKey, unsupportedImage } from '../../../src/core/openai/errors/errors.ts';
import { applyFault } from '../../support/apply-fault.ts';
import { type Collected, collect } from '../../support/effects.ts';
import { apiRequest, replyContext } from '../../support/reply-context.ts';

/** A body whose length in bytes is known from a `Content-Length` of the real API. */
interface Golden {
  readonly body: string;
  readonly bytes: number;
  /** Section of wire.md. */
  readonly source: string;
  reply(): Collected;
}

/** The layer A form of the wrong key, as the endpoints without a gateway answer it. */
const wrongKey = (key: string) => {
  const request = apiRequest({ path: '/v1/moderations', key, body: { input: 'Hi' } });
  return collect(errorReply(invalidApiKey(key), replyContext({ request })));
};

/** Every length that wire.md tells. */
export const goldenBytes: readonly Golden[] = [
  { body: 'invalid JSON', bytes: 443, source: '0', reply: () => applyFault('invalid_json') },
  {
    body: 'wrong key of 22 characters, gateway',
    bytes: 272,
    source: '0',
    reply: () => applyFault('invalid_api_key', {}, { request: apiRequest({ key: 'bad-key-abcdefghijtest' }) }),
  },
  { body: 'wrong key of 11 characters, API', bytes: 240, source: '0', reply: () => wrongKey('invalid-key') },
  { body: 'wrong key of 16 characters, API', bytes: 245, source: '0', reply: () => wrongKey('test-configu-key') },
  {
    body: 'unknown model',
    bytes: 231,
    source: '0',
    reply: () => applyFault('model_not_found', {}, { request: apiRequest({ body: { model: 'not-found-TEST_CHAT_MODEL' } }) }),
  },
  { body: 'billing not active', bytes: 223, source: '0', reply: () => applyFault('billing_not_active') },
  { body: 'no credit, 2025', bytes: 337, source: '0', reply: () => applyFault('insufficient_quota', { era: 2025 }) },
  {
    body: 'context window of the newest models',
    bytes: 228,
    source: '0',
    reply: () => applyFault('context_length_exceeded', {}, { request: apiRequest({ body: { model: 'gpt-5-nano' } }) }),
  },
  {
    body: 'image that cannot be fetched',
    bytes: 199,
    source: '0',
    reply: () => collect(errorReply(imageUnreachable('https://source.unsplash.com/8xznAGy4HcY/800x400'), replyContext())),
  },
  {
    body: 'image that cannot be read',
    bytes: 258,
    source: '0',
    reply: () => collect(errorReply(unsupportedImage(), replyContext())),
  },
  { body: '500', bytes: 369, source: '1.5', reply: () => applyFault('server_error') },
  { body: '502 as JSON', bytes: 84, source: '1.5', reply: () => applyFault('bad_gateway', { body: 'json' }) },
];
