import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';
import { type HttpMessage, readMessage } from '../support/http-message.ts';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { postChat, startMock } from '../support/start-mock.ts';
import { timeless } from '../support/timeless.ts';

const CONTENT = 'One two three four — naïve café 😀😀 and the rest.';

/** Both endpoints that stream. */
const STREAMS = [
  {
    name: 'chat.completions',
    path: '/v1/chat/completions',
    body: JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] }),
  },
  {
    name: 'completions',
    path: '/v1/completions',
    body: JSON.stringify({ model: 'gpt-3.5-turbo-instruct', stream: true, prompt: 'Hello', max_tokens: 100 }),
  },
] as const;
type Stream = (typeof STREAMS)[number];

const SPOKEN = [
  { way: 'keep-alive', version: '1.1', headers: [] },
  { way: 'connection: close', version: '1.1', headers: ['Connection: close'] },
  { way: 'HTTP/1.0', version: '1.0', headers: [] },
] as const;
type Spoken = (typeof SPOKEN)[number];

function start(fault: unknown, latency = {}): Promise<MockOpenAI> {
  return startMock({ latency, replies: [{ content: CONTENT }], rules: [{ fault }] } as never);
}

interface Streamed {
  readonly message: HttpMessage;
  readonly ending: string;
  readonly text: string;
  /** The data of each event. */
  readonly events: readonly string[];
  /** Of those, what has text. */
  readonly contents: readonly string[];
}

async function ask(
  mock: MockOpenAI,
  { path, body }: Stream,
  { version, headers }: Spoken = SPOKEN[0],
  ends = false,
): Promise<Streamed> {
  const raw = await rawExchange(mock.port, rawChat(body, headers, version, path), (_text, bytes) => {
    return !ends && version === '1.1' && headers.length === 0 && readMessage(bytes)?.framing === 'complete';
  });
  const message = readMessage(raw.bytes);
  if (message === undefined) throw new Error('no head came');
  const text = timeless(message.body.toString('utf8'));
  return { message, ending: raw.ending, text, ...read(text) };
}

/** What a parser that knows the whole format makes of a stream. */
function read(text: string): Pick<Streamed, 'events' | 'contents'> {
  const blocks = text.replaceAll(/\r\n?/g, '\n').split('\n\n').slice(0, -1);
  const events = blocks
    .map((block) =>
      block
        .split('\n')
        .filter((line) => line.startsWith('data:'))
        .map((line) => line.slice(5).replace(/^ /, ''))
        .join('\n'),
    )
    .filter((data) => data !== '');
  return { events, contents: events.map(contentOf).filter((content) => content !== '') };
}

function contentOf(data: string): string {
  try {
    const [choice] = JSON.parse(data).choices ?? [];
    return choice?.delta?.content ?? choice?.text ?? '';
  } catch {
    return '';
  }
}

const isFinish = (data: string) => /"finish_reason":"/.test(data);
const isDone = (data: string) => data === '[DONE]';

interface Row {
  readonly fault: unknown;
  /** The events that come, out of the healthy ones. */
  readonly events: (healthy: readonly string[], contents: (count: number) => readonly string[]) => readonly string[];
  readonly ending?: 'FIN' | 'RST';
  readonly closedHow?: 'fin' | 'reset';
}

const ERROR =
  '{"error":{"message":"The server had an error while processing your request. Sorry about that!","type":"server_error","param":null,"code":null}}';

const same: Row['events'] = (healthy) => healthy;
const first =
  (count: number): Row['events'] =>
  (_healthy, contents) =>
    contents(count);

const ROWS: readonly Row[] = [
  ...[0, 1, 4].flatMap((count): Row[] => [
    { fault: { truncated_stream: { after_chunks: count, end: 'clean' } }, events: first(count) },
    { fault: { truncated_stream: { after_chunks: count, end: 'close' } }, events: first(count), ending: 'FIN', closedHow: 'fin' },
    {
      fault: { truncated_stream: { after_chunks: count, end: 'reset' } },
      events: first(count),
      ending: 'RST',
      closedHow: 'reset',
    },
  ]),
  { fault: { truncated_stream: { after_chunks: 999 } }, events: first(999), ending: 'FIN', closedHow: 'fin' },
  { fault: [{ latency: '3ms' }, { truncated_stream: { after_chunks: 3 } }], events: first(3), ending: 'FIN', closedHow: 'fin' },
  { fault: { stalled_stream: { after_chunks: 2, for: '3ms' } }, events: same },
  { fault: 'stream_error', events: (_healthy, contents) => [...contents(3), ERROR, '[DONE]'] },
  { fault: { stream_error: { after_chunks: 0, done: false } }, events: (_healthy, contents) => [...contents(0), ERROR] },
  { fault: 'missing_done', events: (healthy) => healthy.filter((data) => !isDone(data)) },
  { fault: 'missing_finish_reason', events: (healthy) => healthy.filter((data) => !isFinish(data)) },
  { fault: { open_after_done: { for: '3ms' } }, events: same },
  {
    fault: { malformed_chunk: { after_chunks: 2 } },
    events: (healthy, contents) => {
      const at = contents(2).length;
      const broken = `data: ${healthy[at]}\n\n`;
      const left = Buffer.from(broken).subarray(6, Math.floor(Buffer.byteLength(broken) / 2));
      return [...healthy.slice(0, at), left.toString(), ...healthy.slice(at + 1)];
    },
  },
  {
    fault: { duplicate_chunk: { after_chunks: 2 } },
    events: (healthy, contents) => [...contents(2), ...contents(2).slice(-1), ...healthy.slice(contents(2).length)],
  },
  { fault: 'split_utf8', events: same },
  { fault: 'reframed_stream', events: same },
  { fault: { reframed_stream: { line_ending: 'cr' } }, events: same },
  { fault: { slow_stream: { inter_token: '1ms' } }, events: same },
  { fault: { slow_body: { bytes: 100, every: '1ms' } }, events: same },
  { fault: ['split_utf8', 'reframed_stream', 'missing_done'], events: (healthy) => healthy.filter((data) => !isDone(data)) },
];

const CASES = ROWS.flatMap((row) =>
  STREAMS.flatMap((stream) =>
    SPOKEN.map((spoken) => [JSON.stringify(row.fault), stream.name, spoken.way, row, stream, spoken] as const),
  ),
);

/** Healthy events up to a content chunk, the opening ones included. */
function upTo(healthy: readonly string[], count: number): readonly string[] {
  const places = healthy.flatMap((data, index) => (contentOf(data) === '' ? [] : [index]));
  const after = count === 0 ? (places[0] ?? 0) : (places[Math.min(count, places.length) - 1] ?? 0) + 1;
  return healthy.slice(0, after);
}

test.each(CASES)('%s · %s · %s: these events, this ending', async (_fault, _name, _way, row, stream, spoken) => {
  const healthy = (await ask(await start('ok'), stream)).events;
  expect(healthy.length).toBeGreaterThan(8);
  const mock = await start(row.fault);
  const { message, ending, events, contents } = await ask(mock, stream, spoken, row.ending !== undefined);
  expect(events).toEqual(row.events(healthy, (count) => upTo(healthy, count)));
  expect(ending).toBe(row.ending ?? (spoken.way === 'keep-alive' ? 'still open' : 'FIN'));
  if (spoken.version === '1.1') expect(message.framing).toBe(row.ending === undefined ? 'complete' : 'cut');
  await mock.idle();
  expect(mock.journal()[0]).toMatchObject({
    status: 200,
    bytesOut: message.body.length,
    chunksOut: contents.length + (JSON.stringify(row.fault).includes('malformed') ? 1 : 0),
    eventsOut: events.length,
    closedBy: row.ending === undefined ? null : 'server',
    closedHow: row.closedHow ?? null,
  });
});

test.each(STREAMS)('truncated_stream delivers the same at any latency: $name', async (stream) => {
  const events = async (latency: object, fault: unknown) =>
    (await ask(await start(fault, latency), stream, SPOKEN[0], true)).events;
  const fault = { truncated_stream: { after_chunks: 5, end: 'reset' } };
  const slow = await events({ ttft: '20ms', inter_token: { min: '1ms', max: '9ms' } }, fault);
  expect(slow).toEqual(await events({}, fault));
});

test('split_utf8 puts every character of several bytes into two chunks of the transfer', async () => {
  const { message } = await ask(await start('split_utf8'), STREAMS[0]);
  const cut = message.chunks.filter((chunk) => new TextDecoder().decode(chunk).endsWith('\ufffd'));
  // The dash, ï, é and twice 😀.
  expect(cut.length).toBe(5);
});

test('reframed_stream has CRLF, comments and a retry field, and cuts events anywhere', async () => {
  const { message, text } = await ask(await start('reframed_stream'), STREAMS[0]);
  expect(text).toMatch(/^retry: 3000\r\n\r\n: keep-alive 1\r\n\r\ndata: \{/);
  expect(text.match(/[^\r]\n/)).toBeNull();
  expect(text).toMatch(/\r\n\r\n: keep-alive \d+\r\ndata: /);
  const chunks = message.chunks.map(String);
  expect(chunks.some((chunk) => chunk.endsWith('\r'))).toBe(true);
  expect(chunks.filter((chunk) => !chunk.endsWith('\r\n\r\n')).length).toBeGreaterThan(3);
});

test('events that leave together stand in one segment', async () => {
  const raw = await rawExchange((await start('reframed_stream')).port, rawChat(STREAMS[0].body), (text) =>
    text.includes('[DONE]'),
  );
  expect(raw.segments.some((segment) => (String(segment).match(/^data: /gm) ?? []).length >= 2)).toBe(true);
});

test.each([
  ['stalled_stream', { stalled_stream: { after_chunks: 2 } }, 2],
  ['open_after_done', 'open_after_done', undefined],
  ['hang', 'hang', 0],
] as const)('%s holds the connection until the client leaves, and no longer', async (_name, fault, chunks) => {
  const mock = await start(fault);
  const socket = connect(mock.port, '127.0.0.1');
  socket.write(rawChat(STREAMS[0].body));
  if (fault !== 'hang') await new Promise((resolve) => socket.once('data', resolve));
  else await expect.poll(() => mock.journal().length).toBe(1);
  await expect.poll(() => mock.journal()[0]?.t_end).toBeNull();
  socket.destroy();
  await mock.idle();
  const [entry] = mock.journal();
  expect(entry).toMatchObject({ closedBy: 'client', closedHow: 'fin' });
  expect(entry?.t_clientClose).not.toBeNull();
  if (chunks !== undefined) expect(entry?.chunksOut).toBe(chunks);
});

test('a client that resets is told from one that closes', async () => {
  const mock = await start('stalled_stream');
  const socket = connect(mock.port, '127.0.0.1');
  socket.write(rawChat(STREAMS[0].body));
  await new Promise((resolve) => socket.once('data', resolve));
  socket.resetAndDestroy();
  await mock.idle();
  expect(mock.journal()[0]).toMatchObject({ closedBy: 'client', closedHow: 'reset' });
});

test('a stream fault strikes streams alone: other requests use up no occurrence', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: { truncated_stream: { end: 'clean', after_chunks: 0 } } }] });
  expect(await (await postChat(mock)).json()).toMatchObject({ object: 'chat.completion' });
  expect((await postChat(mock, { stream: true, temperature: 3 })).status).toBe(400);
  expect((await fetch(`${mock.baseURL}/models`, { headers: { authorization: 'Bearer sk-x' } })).status).toBe(200);
  expect(await (await postChat(mock, { stream: true })).text()).not.toContain('[DONE]');
  expect(await (await postChat(mock, { stream: true })).text()).toContain('[DONE]');
  expect(mock.journal().map(({ faultApplied }) => faultApplied !== null)).toEqual([false, false, false, true, false]);
});

test('a fault of whole bodies strikes no stream', async () => {
  const mock = await startMock({ rules: [{ fault: 'malformed_json' }] });
  expect(await (await postChat(mock, { stream: true })).text()).toContain('[DONE]');
  expect(mock.journal()[0]?.faultApplied).toBeNull();
  const refused = await (await postChat(mock, { stream: true, temperature: 3 })).text();
  expect(() => JSON.parse(refused)).toThrow(SyntaxError);
});

test('several choices: a cut falls after so many chunks of all of them, and none is said to be over', async () => {
  const mock = await startMock({
    replies: [{ tokens: 6 }],
    rules: [{ fault: { truncated_stream: { after_chunks: 4, end: 'clean' } } }],
  });
  const text = await (await postChat(mock, { stream: true, n: 2 })).text();
  const { events } = read(text);
  expect(events.filter((data) => /"delta":\{"content":"/.test(data))).toHaveLength(4);
  expect(events.filter(isFinish)).toHaveLength(0);
});
