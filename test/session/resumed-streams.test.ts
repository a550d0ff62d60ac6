import { expect, test } from 'vitest';
import { endpointNamed } from '../../src/core/openai/endpoints/registry.ts';
import { questionHash } from '../../src/core/openai/request/question-hash.ts';
import { keptJson } from '../../src/exchange/kept-json.ts';
import { postChat, startMock } from '../support/start-mock.ts';
import { startWorkers } from '../support/start-workers.ts';

const QUESTION = { role: 'user', content: 'Hello' };
const BEGUN = { role: 'assistant', content: 'Hello. What ca' };
const CUT = { attempts: '1', fault: { truncated_stream: { after_chunks: 4, end: 'close' } } } as const;

async function read(response: Response): Promise<string> {
  return response.text().catch(() => '');
}

interface Mock {
  readonly baseURL: string;
  readonly apiKey: string;
}

/** A call whose stream breaks off, and that goes on behind what it has. */
async function resume(mock: Mock): Promise<void> {
  const headers = { 'x-client-request-id': 'call-1' };
  await read(await postChat(mock, { stream: true }, headers));
  await read(await postChat(mock, { stream: true, messages: [QUESTION, BEGUN] }, headers));
}

const KNOWN = [{ begunAnswer: null }, { begunAnswer: BEGUN.content.length, attemptSeq: 2 }];

test('the journal knows the answer that a retry begins, and the verdict goes by it', async () => {
  const mock = await startMock({ rules: [CUT] });
  await resume(mock);
  await mock.idle();
  expect(mock.journal()).toMatchObject(KNOWN);
  const { findings } = mock.verdict(undefined, { ended: true });
  expect(findings.find(({ rule }) => rule === 'no_silent_replay')?.verdict).toBe('pass');
});

test('so it does where workers serve', async () => {
  const mock = await startWorkers(JSON.stringify({ rules: [CUT] }));
  await resume(mock);
  await expect.poll(() => mock.admin('/__admin/journal')).toMatchObject({ entries: KNOWN });
});

test('a replay that has more in its body is no resumption', async () => {
  const mock = await startMock({ rules: [CUT] });
  const headers = { 'x-client-request-id': 'call-1' };
  await read(await postChat(mock, { stream: true }, headers));
  await read(await postChat(mock, { stream: true, user: 'a name that makes the body longer than before' }, headers));
  await mock.idle();
  const { findings } = mock.verdict(undefined, { ended: true });
  expect(findings.find(({ rule }) => rule === 'no_silent_replay')?.verdict).toBe('warn');
});

test('a long text is another question where one character of it is another', () => {
  const endpoint = endpointNamed('chat.completions');
  const asked = (at: number) => {
    const text = 'word '.repeat(100_000);
    const body = { messages: [{ role: 'user', content: `${text.slice(0, at)}X${text.slice(at + 1)}` }] };
    return questionHash(endpoint, keptJson(Buffer.from(JSON.stringify(body)))?.value);
  };
  expect(new Set([1, 12_345, 250_001, 499_998].map(asked)).size).toBe(4);
});
