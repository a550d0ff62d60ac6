import OpenAI, { type APIError } from 'openai';
import { expect, test } from 'vitest';
import { startMock } from '../support/start-mock.ts';

/* Whatever is wrong with a request, and wherever that is found: the journal names who refused. */

type Asked = (client: OpenAI) => Promise<unknown>;
const HELLO = { model: 'gpt-4o', input: 'Hello' };
const background = async (client: OpenAI) => (await client.responses.create({ ...HELLO, background: true })).id;
const foreground = async (client: OpenAI) => (await client.responses.create(HELLO)).id;

const REFUSED: readonly [string, Asked][] = [
  ['an unknown previous response', (client) => client.responses.create({ ...HELLO, previous_response_id: 'resp_0' })],
  ['an unknown response', (client) => client.responses.retrieve('resp_0')],
  ['an unknown conversation', (client) => client.conversations.retrieve('conv_0')],
  ['a response that was awaited is cancelled', async (client) => client.responses.cancel(await foreground(client))],
  ['a response that is finished is cancelled', async (client) => client.responses.cancel(await background(client))],
  [
    'a response without a stream is streamed',
    async (client) => client.responses.retrieve(await background(client), { stream: true }),
  ],
  [
    'a locked conversation',
    async (client) => {
      const { id } = await client.conversations.create();
      const ask = () => client.responses.create({ ...HELLO, input: 'slowly', conversation: id });
      return Promise.all([ask(), ask()]);
    },
  ],
  [
    'a chain that is too long',
    async (client) => {
      const first = { model: 'small', input: 'Hello' };
      const { id } = await client.responses.create(first);
      return client.responses.create({ ...first, input: 'And what happened then, please?', previous_response_id: id });
    },
  ],
  ['a field of the wrong type', (client) => client.responses.create({ ...HELLO, store: 'yes' as never })],
];

test.each(REFUSED)('%s: refused by the API', async (_what, ask) => {
  const models = [{ id: 'small', context_window: 60 }, { id: 'gpt-4o' }];
  const rules = [{ match: { prompt: 'slowly' }, fault: { latency: '80ms' } }] as const;
  const mock = await startMock({ models, rules: [...rules], replies: [{ tokens: 40 }] });
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
  const error: APIError = await ask(client).then(
    () => expect.fail('it was answered'),
    (thrown) => thrown,
  );
  await mock.idle();
  const refused = mock.journal().filter(({ status }) => status !== 200);
  expect(refused).toMatchObject([{ status: error.status, errorCode: error.code ?? null, refusedBy: 'api' }]);
  expect(mock.journal().filter(({ refusedBy }) => refusedBy !== null)).toEqual(refused);
});

test('where a fault answers instead, no layer refused', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses.cancel' }, fault: 'server_error' }] });
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
  await expect(client.responses.cancel(await foreground(client))).rejects.toThrow('500');
  expect(mock.journal().map(({ refusedBy }) => refusedBy)).toEqual([null, null]);
});
