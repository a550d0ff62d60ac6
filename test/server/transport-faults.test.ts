import { connect } from 'node:net';
import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';
import { type HttpMessage, readMessage } from '../support/http-message.ts';
import { type RawAnswer, rawChat, rawExchange } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';
import { timeless } from '../support/timeless.ts';

const HELLO = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
const REPLY = { content: 'naïve 😀 text' };

/** How the client speaks: each row of the faults is asked in each of these ways. */
const SPOKEN = [
  { way: 'keep-alive', version: '1.1', headers: [] },
  { way: 'connection: close', version: '1.1', headers: ['Connection: close'] },
  { way: 'HTTP/1.0', version: '1.0', headers: [] },
] as const;
type Spoken = (typeof SPOKEN)[number];

/** What the client is answered: a body in chunks, or one whose length is announced. */
const ANSWERS = [
  { answer: 'chunked', auth: 'any' },
  { answer: 'content-length', auth: { keys: ['sk-good'] } },
] as const;

type Fault = NonNullable<Parameters<typeof startMock>[0]> extends infer S ? S : never;

function start(fault: unknown, auth: unknown): Promise<MockOpenAI> {
  return startMock({ auth, replies: [REPLY], rules: [{ fault }] } as unknown as Fault);
}

/** Asks on a raw socket, and reads to the end of the answer or of the connection. */
async function ask(mock: MockOpenAI, { version, headers }: Spoken, body = HELLO, ends = false) {
  const raw = await rawExchange(mock.port, rawChat(body, headers, version), (_text, bytes) => {
    const message = ends ? undefined : readMessage(bytes);
    return message?.framing === 'complete' && message.headers['connection'] === 'keep-alive';
  });
  return { ...raw, message: readMessage(raw.bytes) };
}

/** The body, a character for each byte, without what depends on the time. */
function bodyOf(message: HttpMessage | undefined): string {
  return timeless((message?.body ?? Buffer.alloc(0)).toString('latin1'));
}

async function healthyBody(auth: unknown, spoken: Spoken): Promise<string> {
  const { message } = await ask(await start('ok', auth), spoken);
  return bodyOf(message);
}

interface Row {
  readonly fault: unknown;
  /** What of the healthy body comes. */
  readonly body?: (healthy: string) => string;
  readonly head?: boolean;
  readonly ending: 'as usual' | 'FIN' | 'RST';
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly closedHow: 'fin' | 'reset' | null;
}

const half = (text: string) => text.slice(0, Math.floor(text.length / 2));
const whole = (text: string) => text;

const ROWS: readonly Row[] = [
  { fault: 'latency', body: whole, ending: 'as usual', closedHow: null },
  { fault: { hang: { for: '5ms' } }, head: false, ending: 'FIN', closedHow: 'fin' },
  { fault: 'empty_response', head: false, ending: 'FIN', closedHow: 'fin' },
  { fault: [{ latency: '5ms' }, 'empty_response'], head: false, ending: 'FIN', closedHow: 'fin' },
  { fault: 'connection_reset', head: false, ending: 'RST', closedHow: 'reset' },
  { fault: { connection_reset: { at: 'headers' } }, body: () => '', ending: 'RST', closedHow: 'reset' },
  { fault: { connection_reset: { at: 'body' } }, body: (text) => text.slice(0, 16), ending: 'RST', closedHow: 'reset' },
  ...[0, 1, 77, 100_000].map((n): Row => {
    const fault = { connection_reset: { at: 'body', after_bytes: n } };
    return { fault, body: (text) => text.slice(0, n), ending: 'RST', closedHow: 'reset' };
  }),
  { fault: 'truncated_body', body: half, ending: 'FIN', closedHow: 'fin' },
  { fault: { truncated_body: { after_bytes: 100_000 } }, body: (text) => text.slice(0, -1), ending: 'FIN', closedHow: 'fin' },
  { fault: { truncated_body: { after_bytes: 9, end: 'reset' } }, body: (t) => t.slice(0, 9), ending: 'RST', closedHow: 'reset' },
  { fault: 'malformed_json', body: half, ending: 'as usual', closedHow: null },
  {
    fault: 'wrong_content_type',
    body: whole,
    headers: { 'content-type': 'text/html; charset=utf-8' },
    ending: 'as usual',
    closedHow: null,
  },
  { fault: { slow_headers: { bytes: 200, every: '1ms' } }, body: whole, ending: 'as usual', closedHow: null },
  { fault: { slow_body: { bytes: 50, every: '1ms' } }, body: whole, ending: 'as usual', closedHow: null },
  { fault: { slow_body: { rate: '20KiB' } }, body: whole, ending: 'as usual', closedHow: null },
  { fault: 'early_close', body: whole, ending: 'as usual', closedHow: null },
];

const CASES = ROWS.flatMap((row) =>
  SPOKEN.flatMap((spoken) =>
    ANSWERS.map((answer) => [JSON.stringify(row.fault), spoken.way, answer.answer, row, spoken, answer] as const),
  ),
);

test.each(CASES)('%s · %s · %s: these bytes, this ending', async (_fault, _way, _answer, row, spoken, { auth }) => {
  const fault = row.fault === 'latency' ? { latency: '5ms' } : row.fault;
  const mock = await start(fault, auth);
  const { bytes, message, ending } = await ask(mock, spoken, HELLO, row.ending !== 'as usual');
  const kept = spoken.way === 'keep-alive';
  expect(ending).toBe(row.ending === 'as usual' ? (kept ? 'still open' : 'FIN') : row.ending);
  await mock.idle();
  const [entry] = mock.journal();
  const closedBy = row.closedHow === null ? null : 'server';
  expect(entry).toMatchObject({ closedBy, closedHow: row.closedHow, bytesOut: message?.body.length ?? 0, t_clientClose: null });
  if (row.head === false) {
    expect(bytes.length).toBe(0);
    expect(entry?.t_firstByteBefore).toBeNull();
    return;
  }
  const healthy = await healthyBody(auth, spoken);
  expect(bodyOf(message)).toBe(row.body?.(healthy));
  if (row.headers !== undefined) expect(message?.headers).toMatchObject(row.headers);
  // Of a body without a frame only the end of the connection tells that it is over.
  if (row.closedHow === null) expect(message?.framing).not.toBe('cut');
  else if (message?.framing !== 'eof' && bodyOf(message) !== healthy) expect(message?.framing).toBe('cut');
});

test('a reset is cut by bytes, within a character too', async () => {
  const [spoken] = SPOKEN;
  const healthy = Buffer.from(await healthyBody('any', spoken), 'latin1');
  const inside = healthy.indexOf('😀') + 2;
  const mock = await start({ connection_reset: { at: 'body', after_bytes: inside } }, 'any');
  const { message, ending } = await ask(mock, spoken);
  expect(ending).toBe('RST');
  expect(message?.body.length).toBe(inside);
  expect(message?.body.subarray(-2)).toEqual(Buffer.from('😀').subarray(0, 2));
});

test('a slow reader gets all that was written before a reset, however much it is', async () => {
  const mock = await startMock({
    replies: [{ content: 'x'.repeat(1_000_000) }],
    rules: [{ fault: { connection_reset: { at: 'body', after_bytes: 900_000 } } }],
  });
  const socket = connect(mock.port, '127.0.0.1');
  socket.write(rawChat(HELLO.replace('gpt-4o', 'of-any-length')));
  const segments: Buffer[] = [];
  socket.on('data', (segment) => {
    segments.push(segment);
    socket.pause();
    setTimeout(() => socket.resume(), 10);
  });
  await new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
  expect(readMessage(Buffer.concat(segments))?.body.length).toBe(900_000);
});

test.each([
  ['close', 'FIN', 'fin'],
  ['reset', 'RST', 'reset'],
] as const)(
  'early_close (%s) promises keep-alive and ends the connection as the next request comes',
  async (end, ending, closedHow) => {
    const mock = await startMock({ rules: [{ times: 1, fault: { early_close: { end } } }] });
    const next = rawChat(HELLO.replace('Hello', 'Next'));
    const raw = await rawExchange(mock.port, [rawChat(HELLO), next]);
    const message = readMessage(raw.bytes);
    expect(message).toMatchObject({ status: 200, framing: 'complete' });
    expect(message?.headers['connection']).toBe('keep-alive');
    expect(message?.rest.length).toBe(0);
    expect(raw.ending).toBe(ending);
    await mock.idle();
    const applied = { rule: 'rules[0]', faults: [{ name: 'early_close' }] };
    expect(mock.journal()).toMatchObject([
      { connReqSeq: 1, status: 200, closedBy: null, faultApplied: applied },
      { connReqSeq: 2, status: null, closedBy: 'server', closedHow, bytesOut: 0, faultApplied: applied },
    ]);
    const { bytes } = await rawExchange(mock.port, next, (text) => text.endsWith('0\r\n\r\n'));
    expect(readMessage(bytes)?.status).toBe(200);
    expect(mock.calls().map(({ attempts }) => attempts.length)).toEqual([1, 2]);
  },
);

test('pipelined: the answer before a cut is whole, and what comes after it never does', async () => {
  const mock = await startMock({
    rules: [
      { match: { prompt: 'First' }, fault: { slow_body: { bytes: 200, every: '5ms' } } },
      { match: { prompt: 'Second' }, fault: { connection_reset: { at: 'headers' } } },
    ],
  });
  const ask = (content: string) => rawChat(HELLO.replace('Hello', content));
  const { bytes, ending } = await rawExchange(mock.port, ask('First') + ask('Second') + ask('Third'));
  const first = readMessage(bytes);
  expect(first).toMatchObject({ status: 200, framing: 'complete' });
  expect(readMessage(first?.rest ?? Buffer.alloc(0))).toMatchObject({ status: 200, framing: 'cut', body: Buffer.alloc(0) });
  expect(ending).toBe('RST');
  await mock.idle();
  expect(mock.journal().map(({ closedBy, closedHow }) => [closedBy, closedHow])).toEqual([
    [null, null],
    ['server', 'reset'],
    ['server', 'reset'],
  ]);
});

test.each([
  ['connection_reset; at=body; after_bytes=999', 'RST'],
  ['truncated_body', 'FIN'],
])('an answer to HEAD has its head before %s', async (fault, ending) => {
  const mock = await startMock();
  const head = rawChat('', [`x-mock-fault: ${fault}`], '1.1', '/v1/models').replace('POST', 'HEAD');
  const raw = await rawExchange(mock.port, head);
  expect(raw.text).toMatch(/^HTTP\/1\.1 \d{3} [\s\S]*\r\n\r\n$/);
  expect(raw.ending).toBe(ending);
  await mock.idle();
  expect(mock.journal()).toMatchObject([{ status: Number(raw.text.slice(9, 12)), bytesOut: 0, closedBy: 'server' }]);
});

test('pipelined: what has come behind an early_close meets it', async () => {
  const mock = await startMock({ rules: [{ match: { prompt: 'First' }, fault: 'early_close' }] });
  const { bytes, ending } = await rawExchange(
    mock.port,
    rawChat(HELLO.replace('Hello', 'First')) + rawChat(HELLO) + rawChat(HELLO),
  );
  const first = readMessage(bytes);
  expect(first).toMatchObject({ status: 200, framing: 'complete' });
  expect(first?.rest).toHaveLength(0);
  expect(ending).toBe('FIN');
  await mock.idle();
  expect(mock.journal()).toMatchObject([
    { connReqSeq: 1, status: 200, closedBy: null },
    { connReqSeq: 2, status: null, closedBy: 'server', closedHow: 'fin', faultApplied: { faults: [{ name: 'early_close' }] } },
    { connReqSeq: 3, status: null, closedBy: 'server', closedHow: 'fin', faultApplied: null },
  ]);
});

test('slow headers come in as many pieces as they are said to, and keep the connection', async () => {
  const mock = await startMock({ rules: [{ times: 1, fault: { slow_headers: { bytes: 100, every: '3ms' } } }] });
  const raw = await rawExchange(mock.port, [rawChat(HELLO), rawChat(HELLO)], (_text, bytes) => {
    return readMessage(readMessage(bytes)?.rest ?? Buffer.alloc(0))?.framing === 'complete';
  });
  expect(raw.segments.filter((segment) => segment.length === 100).length).toBeGreaterThan(3);
  const { t_firstByteBefore, t_lastByte } = mock.journal()[0] ?? {};
  expect((t_lastByte ?? 0) - (t_firstByteBefore ?? 0)).toBeGreaterThan(15);
});

test('a fault that is forced strikes as one of a rule', async () => {
  const mock = await startMock();
  const forced = (fault: string): Promise<RawAnswer> => rawExchange(mock.port, rawChat(HELLO, [`x-mock-fault: ${fault}`]));
  expect(await forced('connection_reset')).toMatchObject({ ending: 'RST', text: '' });
  expect(await forced('connection_reset; at=accept')).toMatchObject({ ending: 'RST', text: '' });
  expect(await forced('empty_response')).toMatchObject({ ending: 'FIN', text: '' });
  const cut: HttpMessage | undefined = readMessage((await forced('connection_reset; at=body; after_bytes=3')).bytes);
  expect(cut?.body.toString()).toBe('{\n ');
});
