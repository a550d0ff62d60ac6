import OpenAI, { toFile } from 'openai';
import { expect, test } from 'vitest';
import { sharedWorkers } from '../support/start-workers.ts';

const under = sharedWorkers();

test('files and batches of all workers are those of one, and so are the fates of their requests', async () => {
  const { baseURL, apiKey } = await under(
    'rules: [{ match: { endpoint: chat.completions }, first: 2, fault: server_error }]\ncapacity: { rate: 1000/s }',
  );
  // Connections of their own come to either worker.
  const client = () => new OpenAI({ baseURL, apiKey, maxRetries: 0, defaultHeaders: { connection: 'close' } });
  const lines = ['a', 'b', 'c'].map((name) =>
    JSON.stringify({
      custom_id: name,
      method: 'POST',
      url: '/v1/chat/completions',
      body: { model: 'gpt-4o', messages: [{ role: 'user', content: name }] },
    }),
  );
  const file = await toFile(Buffer.from(lines.join('\n')), 'input.jsonl');
  const { id: input_file_id } = await client().files.create({ purpose: 'batch', file });
  for (let again = 0; again < 4; again++) expect((await client().files.retrieve(input_file_id)).id).toBe(input_file_id);
  const batch = await client().batches.create({ input_file_id, endpoint: '/v1/chat/completions', completion_window: '24h' });
  await expect.poll(async () => (await client().batches.retrieve(batch.id)).status, { timeout: 10_000 }).toBe('completed');
  const { output_file_id, request_counts } = await client().batches.retrieve(batch.id);
  expect(request_counts).toEqual({ total: 3, completed: 1, failed: 2 });
  expect(JSON.parse(await (await client().files.content(output_file_id ?? '')).text())).toMatchObject({ custom_id: 'c' });
  await client().files.delete(output_file_id ?? '');
  expect((await client().batches.retrieve(batch.id)).output_file_id).toBeNull();
});
