import { type OpenAI, toFile } from 'openai';
import { expect } from 'vitest';

/** Uploads the input of a batch. */
export async function upload(client: OpenAI, ...lines: readonly string[]) {
  return client.files.create({ purpose: 'batch', file: await toFile(Buffer.from(lines.join('\n')), 'input.jsonl') });
}

/** Waits for a batch to be over, as the clients do: by asking. */
export async function over(client: OpenAI, id: string) {
  await expect
    .poll(async () => (await client.batches.retrieve(id)).status, { timeout: 10_000 })
    .toMatch(/^(completed|failed|cancelled)$/);
  return client.batches.retrieve(id);
}

/** The lines of a file that a batch has written. */
export async function linesOf(client: OpenAI, file: string | null | undefined) {
  const text = await (await client.files.content(file ?? '')).text();
  return text
    .trim()
    .split('\n')
    .map((each) => JSON.parse(each));
}
