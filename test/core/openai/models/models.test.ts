import { expect, test } from 'vitest';
import { healthyReply } from '../../../../src/core/openai/endpoints/healthy-reply.ts';
import { modelList } from '../../../../src/core/openai/models/model-list.ts';
import { modelInfo } from '../../../../src/core/openai/models/models.ts';
import type { AnswerSettings } from '../../../../src/core/openai/request/answer-settings.ts';
import { collect, headerOf } from '../../../support/effects.ts';
import { refusalOf } from '../../../support/refusal.ts';
import { apiRequest, plainSettings, replyContext } from '../../../support/reply-context.ts';

const ANY = { models: 'any' } as const;
const LISTED = { models: 'listed' } as const;

function get(path: string, models: AnswerSettings['models'] = 'any') {
  const request = apiRequest({ method: 'GET', path });
  return collect(healthyReply(replyContext({ request, settings: { ...plainSettings, models } })));
}

test.each([
  ['gpt-4o', 'gpt-4o-2024-08-06'],
  ['gpt-3.5-turbo', 'gpt-3.5-turbo-0125'],
  ['gpt-4.1-nano', 'gpt-4.1-nano-2025-04-14'],
  ['gpt-5-pro', 'gpt-5-pro-2025-10-06'],
  ['gpt-5.6', 'gpt-5.6-sol'],
  ['gpt-5.6-luna', 'gpt-5.6-luna'],
  ['gpt-4o-2024-11-20', 'gpt-4o-2024-11-20'],
])('%s is answered by %s', (alias, snapshot) => {
  expect(modelInfo(alias, LISTED)).toMatchObject({ id: alias, snapshot });
  expect(modelInfo(snapshot, LISTED)).toMatchObject({ id: snapshot, snapshot });
});

test.each([
  [
    'gpt-4o',
    {
      contextWindow: 128_000,
      maxOutputTokens: 16_384,
      kind: 'chat',
      reasoning: false,
    },
  ],
  [
    'gpt-4',
    {
      contextWindow: 8_192,
      maxOutputTokens: 8_192,
      kind: 'chat',
      reasoning: false,
    },
  ],
  [
    'gpt-5.4',
    {
      contextWindow: 1_050_000,
      maxOutputTokens: 128_000,
      kind: 'chat',
      reasoning: true,
    },
  ],
  ['gpt-5-chat-latest', { kind: 'chat', reasoning: false }],
  ['o1-pro', { kind: 'responses-only', reasoning: true }],
  ['gpt-3.5-turbo-instruct', { kind: 'completion', contextWindow: 4_096 }],
  ['text-embedding-3-small', { kind: 'embedding', contextWindow: 8_191, maxOutputTokens: null }],
  ['omni-moderation-latest', { kind: 'moderation' }],
  ['gpt-image-1', { kind: 'other', shutdownDate: '2026-10-23' }],
])('what is known of %s', (id, expected) => {
  expect(modelInfo(id, LISTED)).toMatchObject(expected);
});

test('an id that is not known is served under any, like the model it is named after', () => {
  expect(modelInfo('gpt-4.1-mini-2027-01-01', ANY)).toMatchObject({
    snapshot: 'gpt-4.1-mini-2027-01-01',
    contextWindow: 1_047_576,
  });
  expect(modelInfo('ft:gpt-4o-mini-2024-07-18:acme::abc', ANY)).toMatchObject({
    contextWindow: 128_000,
    maxOutputTokens: 16_384,
  });
  expect(modelInfo('my-model', ANY)).toMatchObject({
    snapshot: 'my-model',
    contextWindow: null,
    reasoning: false,
  });
  expect(modelInfo('gpt-7', ANY)).toMatchObject({
    kind: 'chat',
    reasoning: true,
  });
  expect(modelInfo('', ANY)).toMatchObject({ id: '' });
  expect(modelInfo('__proto__', ANY)).toMatchObject({ snapshot: '__proto__' });
  expect(modelInfo('constructor', ANY)).toMatchObject({
    snapshot: 'constructor',
  });
});

test('under listed and under a list, only those are served', () => {
  expect(modelInfo('my-model', LISTED)).toBeUndefined();
  const own = {
    models: [{ id: 'my-model', contextWindow: 100 }, { id: 'gpt-4o' }],
  };
  expect(modelInfo('my-model', own)).toMatchObject({
    contextWindow: 100,
    maxOutputTokens: null,
  });
  expect(modelInfo('gpt-4o', own)).toMatchObject({
    snapshot: 'gpt-4o-2024-08-06',
  });
  expect(modelInfo('gpt-4', own)).toBeUndefined();
});

test('the listing is what OpenAI prints, in its order', () => {
  const reply = get('/v1/models');
  expect(
    reply.text.startsWith('{\n  "object": "list",\n  "data": [\n    {\n      "id": "gpt-3.5-turbo",\n      "object": "model",\n'),
  ).toBe(true);
  expect(reply.text.endsWith(']\n}\n')).toBe(true);
  const { data } = JSON.parse(reply.text) as { data: object[] };
  expect(data[3]).toEqual({
    id: 'gpt-3.5-turbo-16k',
    object: 'model',
    created: 1_683_758_102,
    owned_by: 'openai-internal',
    shutdown_date: null,
  });
  expect(data).toHaveLength(modelList.rows.filter(([, created]) => created !== null).length);
});

test('the listing has the headers of its endpoint', () => {
  const reply = get('/v1/models');
  expect(headerOf(reply, 'access-control-allow-origin')).toBe('*');
  expect(headerOf(reply, 'openai-version')).toBe('2020-10-01');
  expect(headerOf(reply, 'openai-organization')).toBeUndefined();
  expect(headerOf(reply, 'x-ratelimit-limit-requests')).toBeUndefined();
  expect(headerOf(reply, 'content-type')).toBe('application/json');
});

test('the listing of a scenario with its own models has those', () => {
  const { data } = JSON.parse(get('/v1/models', [{ id: 'a' }, { id: 'o1' }]).text) as { data: { id: string }[] };
  expect(data.map(({ id }) => id)).toEqual(['a', 'o1']);
});

test('one model is the bare object', () => {
  expect(get('/v1/models/o3-2025-04-16').text).toBe(
    '{\n  "id": "o3-2025-04-16",\n  "object": "model",\n  "created": 1744133301,\n  "owned_by": "system",\n  "shutdown_date": "2026-12-11"\n}\n',
  );
});

test('a model that is not served is not found', () => {
  const reply = get('/v1/models/nope', 'listed');
  expect(reply.head?.status).toBe(404);
  expect(JSON.parse(reply.text)).toMatchObject({
    error: { message: "The model 'nope' does not exist" },
  });
});

test('the root welcomes', () => {
  const reply = get('/');
  expect(reply.head?.status).toBe(200);
  expect(reply.text).toBe(
    '{"message": "Welcome to the OpenAI API! Documentation is available at https://platform.openai.com/docs/api-reference"}',
  );
});

test('a path that is not served is an unknown URL', () => {
  expect(get('/v1/nothing').head?.status).toBe(404);
});

test.each(['any', 'listed'] as const)('no model can be deleted: models %s', (models) => {
  const request = { method: 'DELETE', path: '/v1/models/ft:123' };
  expect(refusalOf(request, { models })).toMatchObject({
    status: 404,
    error: { message: "The model 'ft:123' does not exist", param: 'model', code: 'model_not_found' },
    format: { trailingNewline: true },
  });
  expect(refusalOf({ ...request, key: undefined })?.status).toBe(401);
});
