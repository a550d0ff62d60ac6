import OpenAI, { AzureOpenAI } from 'openai';
import { expect, test } from 'vitest';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';
import { openSocket } from '../support/web-socket.ts';

/*
 * What the official client makes of edited answers and streams, and what goes over the wire.
 */

type Parsed = ReturnType<typeof JSON.parse>;

const MESSAGES = [{ role: 'user' as const, content: 'Hi' }];
const REPLIES = [{ content: 'One two three' }];
const HEALTHY = 'One two three';

const mockOf = (fault: object, more: object = {}) => startMock({ replies: REPLIES, rules: [{ fault }], ...more } as never);

async function clientOf(fault: object, more: object = {}) {
  const mock = await mockOf(fault, more);
  return { mock, client: new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 }) };
}

/** The text, the reasons and the usage that a client reads, and what makes it fail. */
async function chat(fault: object) {
  const { mock, client } = await clientOf(fault);
  const seen = { text: '', ends: [] as (string | null | undefined)[], usage: [] as (number | undefined)[], error: '' };
  try {
    const stream = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: MESSAGES,
      stream: true,
      stream_options: { include_usage: true },
    });
    for await (const chunk of stream) {
      seen.text += chunk.choices?.[0]?.delta?.content ?? '';
      if (chunk.choices?.[0]?.finish_reason) seen.ends.push(chunk.choices[0].finish_reason);
      if (chunk.usage) seen.usage.push(chunk.usage.total_tokens);
    }
  } catch (error) {
    seen.error = (error as Error).constructor.name;
  }
  await mock.idle();
  const [entry] = mock.journal();
  return { ...seen, retryable: entry?.retryable };
}

test('an unknown event that is legal reaches a client, and is no failure', async () => {
  const event = { object: 'mock.unknown', choices: [], note: 'Hä?' };
  for (const at of ['first', 2, 'finish', 'last']) {
    const seen = await chat({ edited_stream: { at, do: 'insert', event, legal: true } });
    expect(seen).toMatchObject({ text: HEALTHY, ends: ['stop'], error: '', retryable: false });
  }
});

test('without the event that says why the answer ended a client has the text and no reason; the helper refuses the answer', async () => {
  const drop = { edited_stream: { at: 'finish', do: 'drop' } };
  expect(await chat(drop)).toMatchObject({ text: HEALTHY, ends: [], retryable: true });
  const { client } = await clientOf(drop);
  const runner = client.chat.completions.stream({ model: 'gpt-4o', messages: MESSAGES });
  await expect(runner.finalChatCompletion()).rejects.toThrow('missing finish_reason');
});

test('a client reads a usage that was put in the place of another', async () => {
  const event = { choices: [], usage: { prompt_tokens: 1, completion_tokens: 2, total_tokens: 777 } };
  expect(await chat({ edited_stream: { at: 'usage', do: 'replace', event } })).toMatchObject({ text: HEALTHY, usage: [777] });
});

test('a client reads what was merged into a choice, and an event twice', async () => {
  const merged = { edited_stream: { at: 2, do: 'merge', event: { choices: [{ index: 0, delta: { content: ' TWO' } }] } } };
  expect(await chat(merged)).toMatchObject({ text: 'One TWO three', ends: ['stop'] });
  expect(await chat({ edited_stream: { at: 'finish' } })).toMatchObject({ text: HEALTHY, ends: ['stop', 'stop'] });
});

test('a chunk without a delta in it is read as far as it goes', async () => {
  const event = { id: '', object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null }] };
  expect(await chat({ edited_stream: { at: 'finish', do: 'insert', event } })).toMatchObject({ text: HEALTHY, ends: ['stop'] });
});

test('a text that is no JSON breaks the stream of a client', async () => {
  expect(await chat({ edited_stream: { at: 'first', do: 'insert', event: ': ping' } })).toMatchObject({
    text: '',
    error: 'SyntaxError',
  });
});

test('an answer in one piece is read as it was edited', async () => {
  const choice = { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'Another' } };
  const { client } = await clientOf({ edited_answer: { merge: { choices: [choice], usage: null }, remove: ['/model'] } });
  const completion = await client.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES });
  expect(completion).toMatchObject({ object: 'chat.completion', choices: [choice] });
  expect(['usage' in completion, 'model' in completion]).toEqual([false, false]);
});

test('a stream of Responses keeps its order with an event in it that nobody knows', async () => {
  const event = { type: 'response.mock.unknown', note: 1 };
  const { client } = await clientOf({ edited_stream: { at: 2, do: 'insert', event, legal: true } });
  const numbers: number[] = [];
  const types: string[] = [];
  let text = '';
  for await (const each of await client.responses.create({ model: 'gpt-4o', input: 'Hi', stream: true })) {
    numbers.push(each.sequence_number);
    types.push(each.type);
    if (each.type === 'response.output_text.delta') text += each.delta;
  }
  expect([text, types.includes('response.mock.unknown')]).toEqual([HEALTHY, true]);
  expect(numbers).toEqual(numbers.map((_, index) => index));
});

test('frames of a WebSocket are edited as events are', async () => {
  const event = { type: 'response.mock.unknown' };
  const { mock } = await clientOf({ edited_stream: { at: 'finish', do: 'insert', event, legal: true } });
  const socket = await openSocket(mock);
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  const frames = socket.frames as Parsed[];
  expect(frames.filter(({ type }) => type === event.type)).toHaveLength(1);
  expect(frames.map((frame) => frame.sequence_number)).toEqual(frames.map((_, index) => index));
});

test('Azure: its first event can go, and its answers are edited in the print that it has', async () => {
  const azure = async (fault: object) => {
    const mock = await mockOf(fault);
    return new AzureOpenAI({ endpoint: mock.origin, apiKey: mock.apiKey, apiVersion: '2025-04-01-preview', maxRetries: 0 });
  };
  const withoutFirst = await azure({ edited_stream: { at: 'first', do: 'drop' } });
  const chunks = [];
  for await (const chunk of await withoutFirst.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES, stream: true })) {
    chunks.push(chunk);
  }
  expect(chunks.every((chunk) => !('prompt_filter_results' in chunk) && chunk.choices.length === 1)).toBe(true);
  expect(chunks.map(({ choices }) => choices[0]?.delta.content ?? '').join('')).toBe(HEALTHY);
  const edited = await azure({ edited_answer: { remove: ['/choices/*/content_filter_results'] } });
  const response = await edited.chat.completions.create({ model: 'gpt-4o', messages: MESSAGES }).asResponse();
  const text = await response.text();
  expect(text).not.toContain('"content_filter_results":{"hate":{"filtered":false,"severity":"safe"},"protected');
  expect(text.trimEnd()).not.toContain('\n');
  expect(Number(response.headers.get('content-length'))).toBe(Buffer.byteLength(text));
  const responses = await azure({ edited_answer: { merge: { status: 'odd' } } });
  expect((await responses.responses.create({ model: 'gpt-4o', input: 'Hi' })).status).toBe('odd');
});

test('on the wire one event is another, and every other byte is the same', async () => {
  const body = JSON.stringify({ model: 'gpt-4o', messages: MESSAGES, stream: true });
  const streamOf = async (rules: object[]) => {
    const mock = await startMock({ replies: REPLIES, rules } as never);
    const { port } = new URL(mock.origin);
    const { text } = await rawExchange(Number(port), rawChat(body), (read) => read.endsWith('0\r\n\r\n'));
    const events = text.slice(text.indexOf('\r\n\r\n') + 4).replaceAll(/[0-9a-f]+\r\n((?:data: [^\r]*\n\n)+)\r\n/g, '$1');
    return events.split(/(?<=\n\n)/);
  };
  const plain = await streamOf([{ fault: 'ok' }]);
  const edited = await streamOf([{ fault: { edited_stream: { at: 2, do: 'replace', event: { a: 'é', b: null } } } }]);
  const at = plain.findIndex((event) => event.includes('" two"'));
  expect(edited[at]).toBe('data: {"a":"é","b":null}\n\n');
  const stable = (events: string[]) => events.map((event) => event.replace(/"id":"\S+?"|"created":\d+/g, ''));
  expect(stable([...edited.slice(0, at), ...edited.slice(at + 1)])).toEqual(
    stable([...plain.slice(0, at), ...plain.slice(at + 1)]),
  );
  expect(edited.at(-2)).toBe('data: [DONE]\n\n');
});

test('a spoilt edit invites a retry, and the retry is the second attempt of its call', async () => {
  for (const [legal, attempts] of [
    [false, [1, 2]],
    [true, [1, 1]],
  ] as const) {
    const mock = await startMock({
      replies: REPLIES,
      rules: [{ times: 1, fault: { edited_answer: { remove: ['/choices'], legal } } }],
    } as never);
    for (let tries = 0; tries < 2; tries++) {
      await fetch(`${mock.baseURL}/chat/completions`, {
        method: 'POST',
        headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
        body: JSON.stringify({ model: 'gpt-4o', messages: MESSAGES }),
      }).then((response) => response.text());
    }
    await mock.idle();
    expect(mock.journal().map(({ attemptSeq }) => attemptSeq)).toEqual(attempts);
  }
});
