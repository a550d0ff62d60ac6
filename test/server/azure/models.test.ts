import { expect, test } from 'vitest';
import type { MockOpenAI, ScenarioInput } from '../../../src/index.ts';
import { startMock } from '../../support/start-mock.ts';

const VERSION = '?api-version=2024-10-21';

async function get({ origin }: MockOpenAI, path: string) {
  const answer = await fetch(`${origin}/openai${path}`, { headers: { 'api-key': 'k' } });
  const body = (await answer.json()) as Record<string, unknown> & { data: Record<string, unknown>[] };
  return { status: answer.status, headers: answer.headers, body };
}

const LISTED: ScenarioInput = {
  models: ['gpt-4o-mini-2024-07-18', 'gpt-3.5-turbo', 'text-embedding-3-small', 'o1-2024-12-17'],
  azure: { deployments: { mine: 'gpt-4o-mini-2024-07-18' } },
};

test('the classic surface lists base models with what they can do, and no deployment', async () => {
  const { status, headers, body } = await get(await startMock(LISTED), `/models${VERSION}`);
  expect(status).toBe(200);
  expect(headers.get('apim-request-id')).not.toBeNull();
  expect(Object.keys(body)).toEqual(['data', 'object']);
  expect(body.data.map(({ id }) => id)).toEqual([
    'gpt-4o-mini-2024-07-18',
    'gpt-35-turbo',
    'text-embedding-3-small',
    'o1-2024-12-17',
  ]);
  const [chat, , embedding, ended] = body.data;
  expect(Object.keys(chat ?? {})).toEqual([
    'status',
    'capabilities',
    'lifecycle_status',
    'deprecation',
    'id',
    'created_at',
    'object',
  ]);
  expect(chat).toMatchObject({
    status: 'succeeded',
    lifecycle_status: 'generally-available',
    created_at: 1_721_172_717,
    object: 'model',
    capabilities: { fine_tune: false, inference: true, completion: false, chat_completion: true, embeddings: false },
  });
  expect(embedding).toMatchObject({ capabilities: { chat_completion: false, embeddings: true } });
  expect(ended).toMatchObject({ deprecation: { inference: Date.UTC(2026, 9, 23) / 1_000 } });
});

test('the v1 surface lists the same models in the form of OpenAI', async () => {
  const { body } = await get(await startMock(LISTED), '/v1/models');
  expect(body).toMatchObject({ object: 'list' });
  expect(body.data.map(({ id }) => id)).toContain('gpt-35-turbo');
  expect(body.data[0]).toMatchObject({ id: 'gpt-4o-mini-2024-07-18', object: 'model', created: 1_721_172_717 });
});

test.each([
  ['classic', '/models/gpt-35-turbo', VERSION, 'created_at'],
  ['v1', '/v1/models/gpt-35-turbo', '', 'created'],
])('one model of the %s surface is found by the name that the list has', async (_surface, path, query, time) => {
  const { status, body } = await get(await startMock(LISTED), path + query);
  expect(status).toBe(200);
  expect(body).toMatchObject({ id: 'gpt-35-turbo', object: 'model', [time]: 1_677_610_602 });
});

test('a deployment is no model, and neither is what is not served', async () => {
  const mock = await startMock(LISTED);
  for (const path of ['/v1/models/mine', '/v1/models/gpt-4.1', `/models/mine${VERSION}`])
    expect((await get(mock, path)).status).toBe(404);
});

test('what Azure AI Foundry has below /models is not served, and said so', async () => {
  const mock = await startMock();
  const answer = await fetch(`${mock.origin}/models/chat/completions?api-version=2024-05-01-preview`, {
    method: 'POST',
    headers: { 'api-key': 'k', 'content-type': 'application/json' },
    body: JSON.stringify({ model: 'Phi-4', messages: [{ role: 'user', content: 'Hi' }] }),
  });
  expect(answer.status).toBe(404);
  expect(mock.journal()).toMatchObject([{ unserved: true }]);
  expect(mock.verdict().unserved).toMatchObject([
    { path: '/models/chat/completions', advice: expect.stringContaining('/openai/v1') },
  ]);
});
