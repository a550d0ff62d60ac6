import { expect, test } from 'vitest';
import { bodyOf, chat, messageOf } from '../../../../support/chat.ts';
import { headerOf } from '../../../../support/effects.ts';
import { successHeaders } from '../../../../support/success-headers.ts';

const KEYS = ['id', 'object', 'created', 'model', 'choices', 'usage', 'service_tier', 'system_fingerprint'];

test('a completion is JSON of two spaces with a newline at the end, its keys in wire order', () => {
  const reply = chat({}, { content: 'Hello.' });
  expect(reply.text.replace(/[0-9A-Za-z]{24}(?=",)/, 'X').replace(/fp_[0-9a-f]{10}/, 'fp_Y')).toBe(`{
  "id": "chatcmpl-E0AeSX",
  "object": "chat.completion",
  "created": 1783709652,
  "model": "gpt-4o-2024-08-06",
  "choices": [
    {
      "index": 0,
      "message": {
        "role": "assistant",
        "content": "Hello.",
        "refusal": null,
        "annotations": []
      },
      "logprobs": null,
      "finish_reason": "stop"
    }
  ],
  "usage": {
    "prompt_tokens": 11,
    "completion_tokens": 2,
    "total_tokens": 13,
    "prompt_tokens_details": {
      "cached_tokens": 0,
      "audio_tokens": 0
    },
    "completion_tokens_details": {
      "reasoning_tokens": 0,
      "audio_tokens": 0,
      "accepted_prediction_tokens": 0,
      "rejected_prediction_tokens": 0
    }
  },
  "service_tier": "default",
  "system_fingerprint": "fp_Y"
}
`);
});

test('the headers are those of a success of the API, chunked, with the state of the rate limit', () => {
  const reply = chat();
  expect(reply.head?.status).toBe(200);
  expect(reply.head?.headers.map(([name]) => name)).toEqual(successHeaders({ limits: true }));
  expect(headerOf(reply, 'content-type')).toBe('application/json');
});

test('a tool call has no content, its arguments are JSON text, and the call ends the answer', () => {
  const reply = chat({}, { toolCalls: [{ name: 'get_weather', arguments: { city: 'Paris' } }] });
  const message = messageOf(reply);
  expect(Object.keys(message)).toEqual(['role', 'content', 'tool_calls', 'refusal', 'annotations']);
  expect(message).toMatchObject({ content: null, refusal: null });
  const [call] = message.tool_calls ?? [];
  expect(Object.keys(call ?? {})).toEqual(['id', 'type', 'function']);
  expect(call).toMatchObject({
    type: 'function',
    function: { name: 'get_weather', arguments: '{"city":"Paris"}' },
  });
  expect(call?.id).toMatch(/^call_[0-9A-Za-z]{24}$/);
  expect(bodyOf(reply).choices[0]?.finish_reason).toBe('tool_calls');
});

test('a refusal takes the place of the content', () => {
  expect(messageOf(chat({}, { refusal: 'I cannot help with that.' }))).toMatchObject({
    content: null,
    refusal: 'I cannot help with that.',
  });
});

test('reasoning models leave logprobs out and have no fingerprint', () => {
  const body = bodyOf(chat({ model: 'gpt-5' }));
  expect(Object.keys(body)).toEqual(KEYS);
  expect(body.model).toBe('gpt-5-2025-08-07');
  expect(Object.keys(body.choices[0] ?? {})).toEqual(['index', 'message', 'finish_reason']);
  expect(body.system_fingerprint).toBeNull();
});

test('gpt-5.6 tells what it wrote to the cache', () => {
  expect(chat({ model: 'gpt-5.6' }).text).toMatch(/"cached_tokens": 0,\s+"cache_write_tokens": 0,\s+"audio_tokens": 0/);
});

test.each([
  ['gpt-4o', true],
  ['gpt-4o-mini-2024-07-18', true],
  ['gpt-4.1-nano', true],
  ['gpt-3.5-turbo', false],
  ['gpt-5.4', false],
  ['something-else', false],
])('%s has a fingerprint: %s', (model, expected) => {
  expect(bodyOf(chat({ model })).system_fingerprint).toEqual(expected ? expect.stringMatching(/^fp_[0-9a-f]{10}$/) : null);
});

test('the fingerprint is the same for every answer of a model, and another for another model', () => {
  const fingerprint = (model: string, content: string) => bodyOf(chat({ model }, { content })).system_fingerprint;
  expect(fingerprint('gpt-4o', 'a')).toBe(fingerprint('gpt-4o-2024-08-06', 'b'));
  expect(fingerprint('gpt-4o', 'a')).not.toBe(fingerprint('gpt-4o-mini', 'a'));
});

test('the answer waits for its first token and for all the others, before the head', () => {
  const latency = {
    ttft: { kind: 'constant', ms: 300 },
    interToken: { kind: 'constant', ms: 20 },
  } as const;
  const reply = chat({}, { tokens: 40 }, { latency });
  expect(reply.effects.map(({ type }) => type)).toEqual(['wait', 'head', 'write', 'end']);
  expect(reply.effects[0]).toEqual({ type: 'wait', ms: 300 + 40 * 20 });
});

test('latencies that vary are drawn for each token', () => {
  const interToken = { kind: 'uniform', minMs: 10, maxMs: 30 } as const;
  const [wait] = chat({}, { tokens: 500 }, { latency: { ttft: { kind: 'constant', ms: 0 }, interToken } }).effects;
  expect(wait?.type === 'wait' && Math.abs(wait.ms - 500 * 20)).toBeLessThan(500 * 2);
});

test('nothing waits when there is no latency', () => {
  expect(chat().effects.map(({ type }) => type)).toEqual(['head', 'write', 'end']);
});
