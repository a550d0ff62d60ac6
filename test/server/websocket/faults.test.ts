import { expect, test } from 'vitest';
import { faults } from '../../../src/core/faults/registry.ts';
import { startMock } from '../../support/start-mock.ts';
import { type ClientSocket, endsResponse, type Frame, openSocket } from '../../support/web-socket.ts';

const REPLY = { content: 'Déjà vu 😀 is what naïve parsers break on, again and again' };

/** A socket whose turns meet the fault, for as often as the rule says. */
async function underFault(fault: unknown, rule: object = { attempts: 1 }) {
  const mock = await startMock({
    replies: [REPLY],
    rules: [{ ...rule, match: { endpoint: 'responses' }, fault: fault as never }],
  });
  return { mock, socket: await openSocket(mock) };
}

function ask(socket: ClientSocket): void {
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
}

function deltasOf({ frames }: ClientSocket): number {
  return frames.filter((frame) => typeof frame === 'object' && frame.type === 'response.output_text.delta').length;
}

function typesOf({ frames }: ClientSocket): string[] {
  return frames.map((frame) => (typeof frame === 'string' ? 'no JSON' : frame.type));
}

function textOf({ frames }: ClientSocket): string {
  const isFrame = (frame: Frame | string): frame is Frame => typeof frame === 'object';
  return frames.filter(isFrame).reduce((text, { delta }) => text + (typeof delta === 'string' ? delta : ''), '');
}

const errorFaults = faults.filter(
  ({ kind, name, dialects }) => kind === 'error' && name !== 'http_error' && dialects === undefined,
);

/** What a POST is told that meets the fault. */
async function posted({ baseURL, apiKey }: { baseURL: string; apiKey: string }, fault: string) {
  const headers = { authorization: `Bearer ${apiKey}`, 'content-type': 'application/json', 'x-mock-fault': fault };
  const body = JSON.stringify({ model: 'gpt-4o', input: fault, stream: true });
  const response = await fetch(`${baseURL}/responses`, { method: 'POST', headers, body });
  return { status: response.status, text: await response.text() };
}

test('every error fault is a frame with the status and the error of the answer by HTTP, and the connection goes on', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'responses' }, sequence: errorFaults.map(({ name }) => name) as never }],
  });
  const socket = await openSocket(mock);
  for (const { name } of errorFaults) {
    const frame = await socket.ask({ input: name });
    const { status, text } = await posted(mock, name);
    expect(frame, name).toMatchObject({ type: 'error', status, error: { message: expect.stringMatching(/\S/) } });
    const { headers: _, ...error } = frame['error'] as Record<string, unknown>;
    expect(Object.keys(error), name).toEqual(['type', 'code', 'message', 'param']);
    if (text.startsWith('{')) expect(withoutIds(error), name).toEqual(withoutIds(JSON.parse(text).error));
    else expect(text, name).toContain(error['message']);
  }
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
});

/** Errors name their requests. */
function withoutIds(error: object): unknown {
  return JSON.parse(JSON.stringify(error).replace(/req_[0-9a-f]{32}/g, 'req'));
}

/** How many frames of a server are no last ones of a message (RFC 6455 §5.2). */
function unfinishedFrames(bytes: Buffer): number {
  let count = 0;
  for (let at = 0; at < bytes.length; ) {
    const [first = 0, second = 0] = [bytes[at], bytes[at + 1]];
    if (first < 0x80) count += 1;
    if (second < 126) at += 2 + second;
    else at += second === 126 ? 4 + bytes.readUInt16BE(at + 2) : 10 + Number(bytes.readBigUInt64BE(at + 2));
  }
  return count;
}

test.each([
  [{ truncated_stream: { after_chunks: 4 } }, 1006, 'fin', 4],
  [{ truncated_stream: { after_chunks: 4, end: 'reset' } }, 1006, 'reset', 4],
  [{ websocket_close: { code: 1012, reason: 'restarts', after_chunks: 2 } }, 1012, 'fin', 2],
  ['websocket_close', 1011, 'fin', 0],
  ['connection_reset', 1006, 'reset', 0],
  [{ connection_reset: { at: 'body', after_bytes: 6_000 } }, 1006, 'reset', undefined],
  ['empty_response', 1006, 'fin', 0],
  [{ hang: { for: '20ms' } }, 1006, 'fin', 0],
])('%j ends the connection', async (fault, code, closedHow, deltas) => {
  const { mock, socket } = await underFault(fault);
  ask(socket);
  ask(socket);
  const closed = await socket.closed;
  expect(closed.code).toBe(code);
  if (deltas !== undefined) expect(deltasOf(socket)).toBe(deltas);
  await mock.idle();
  const [, cut, ...others] = mock.journal();
  expect(cut).toMatchObject({ closedBy: 'server', closedHow, chunksOut: deltasOf(socket), eventsOut: socket.frames.length });
  // What waited behind it was never begun.
  expect(others).toEqual([]);
  const again = await openSocket(mock);
  expect(await again.ask()).toMatchObject({ type: 'response.completed' });
});

test.each([
  [{ truncated_stream: { after_chunks: 4, end: 'clean' } }, 4],
  ['missing_done', undefined],
])('%j is told by a proper close: nothing else says that a stream is over', async (fault, deltas) => {
  const { mock, socket } = await underFault(fault);
  ask(socket);
  expect(await socket.closed).toEqual({ code: 1000, reason: '' });
  expect(typesOf(socket)).not.toContain('response.completed');
  if (deltas === undefined) expect(textOf(socket)).toBe(REPLY.content);
  else expect(deltasOf(socket)).toBe(deltas);
  await mock.idle();
  expect(mock.journal()[1]).toMatchObject({ status: 200, closedBy: null, retryable: true });
});

test.each([
  ['stream_error', ['error', 'response.failed']],
  [{ response_failed: { code: 'rate_limit_exceeded' } }, ['response.output_text.delta', 'response.failed']],
  [{ response_incomplete: { after_chunks: 3 } }, ['response.output_item.done', 'response.incomplete']],
])('%j ends the response, and the connection goes on', async (fault, types) => {
  const { mock, socket } = await underFault(fault, { times: 1 });
  await socket.ask();
  // An error is followed by the response that failed of it.
  if (types[0] === 'error') await socket.next(endsResponse);
  expect(typesOf(socket).slice(-2)).toEqual(types);
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  await mock.idle();
  expect(mock.journal().map(({ closedBy }) => closedBy)).toEqual([null, null, null]);
});

test('a malformed chunk is one frame that is not JSON', async () => {
  const { socket } = await underFault({ malformed_chunk: { after_chunks: 2 } });
  await socket.ask();
  const types = typesOf(socket);
  expect(types.filter((type) => type === 'no JSON')).toHaveLength(1);
  expect(types.indexOf('no JSON')).toBe(types.indexOf('response.output_text.delta') + 2);
});

test('a duplicate chunk is one frame twice', async () => {
  const { socket } = await underFault('duplicate_chunk');
  await socket.ask();
  const texts = socket.frames.map((frame) => JSON.stringify(frame));
  expect(texts.length - new Set(texts).size).toBe(1);
});

test('a stream that stalls goes on after its pause, and turns behind it wait', async () => {
  const { mock, socket } = await underFault({ stalled_stream: { after_chunks: 1, for: '120ms' } });
  ask(socket);
  ask(socket);
  await socket.next(endsResponse);
  await socket.next(endsResponse);
  await mock.idle();
  const [, stalled, next] = mock.journal();
  expect((stalled?.t_end ?? 0) - (stalled?.t_firstByteBefore ?? 0)).toBeGreaterThanOrEqual(119);
  expect(next?.t_firstByteBefore ?? 0).toBeGreaterThanOrEqual(stalled?.t_end ?? 0);
  // It was sent before the first had failed, if it had: it is no retry of it.
  expect(next?.attemptSeq).toBe(1);
});

test('keepalive events are frames', async () => {
  const { socket } = await underFault({ keepalive_events: { every: '10ms' } });
  await socket.ask();
  expect(typesOf(socket).filter((type) => type === 'keepalive')).toHaveLength(3);
  const numbers = socket.frames.map((frame) => (typeof frame === 'object' ? frame['sequence_number'] : -1));
  expect(numbers).toEqual(numbers.map((_, place) => place));
});

test.each(['split_utf8', 'reframed_stream', { slow_body: { bytes: 4_000, every: '1ms' } }])(
  '%j sends frames in fragments, whose text is whole',
  async (fault) => {
    const { mock, socket } = await underFault(fault);
    const read: Buffer[] = [];
    (socket.ws as unknown as { _socket: NodeJS.ReadableStream })._socket.on('data', (bytes: Buffer) => read.push(bytes));
    await socket.ask();
    expect(textOf(socket)).toBe(REPLY.content);
    expect(typesOf(socket)).not.toContain('no JSON');
    expect(unfinishedFrames(Buffer.concat(read))).toBeGreaterThan(0);
    await mock.idle();
    expect(mock.journal()[1]).toMatchObject({ eventsOut: socket.frames.length, closedBy: null });
  },
);

test('what another lane says does not come between the fragments of a frame', async () => {
  const { socket } = await underFault({ slow_body: { bytes: 100, every: '1ms' } }, { times: 1 });
  ask(socket);
  await socket.next(({ type }) => type === 'response.created');
  for (const lane of ['a', 'b', 'c']) {
    socket.send({ type: 'response.create', model: 'gpt-4o', input: lane, stream_id: lane });
    socket.send({ type: 'nonsense', stream_id: lane });
  }
  for (let end = 0; end < 7; end++) await socket.next(endsResponse);
  expect(typesOf(socket)).not.toContain('no JSON');
  expect(typesOf(socket).filter((type) => type === 'response.completed')).toHaveLength(4);
  expect(socket.ws.readyState).toBe(socket.ws.OPEN);
});

test('an event in pieces is one frame in a lane, for the lane stands at its end', async () => {
  const { socket } = await underFault('split_utf8');
  await socket.ask({ stream_id: 'a' });
  expect(textOf(socket)).toBe(REPLY.content);
  expect(socket.frames.every((frame) => typeof frame === 'object' && frame['stream_id'] === 'a')).toBe(true);
});

test('the next turn meets a connection that died after the last', async () => {
  const { mock, socket } = await underFault({ early_close: { end: 'reset' } });
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  ask(socket);
  expect((await socket.closed).code).toBe(1006);
  await mock.idle();
  expect(mock.journal().at(-1)).toMatchObject({ status: null, closedBy: 'server', closedHow: 'reset' });
});

test.each(['slow_headers', 'wrong_content_type', 'truncated_body', 'malformed_json', 'open_after_done'])(
  '%s strikes no turn: frames have none of what it changes',
  async (fault) => {
    const { mock, socket } = await underFault(fault, {});
    expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
    expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
    expect(mock.journal().map(({ faultApplied }) => faultApplied)).toEqual([null, null, null]);
  },
);

test('in a list, what means nothing to frames is left out', async () => {
  const { mock, socket } = await underFault(['slow_headers', { latency: '30ms' }]);
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  await mock.idle();
  expect(mock.journal()[1]).toMatchObject({ faultApplied: { faults: [{ name: 'slow_headers' }, { name: 'latency' }] } });
});

test('websocket_close strikes no request by HTTP', async () => {
  const mock = await startMock({ rules: [{ fault: 'websocket_close' }] });
  const response = await fetch(`${mock.baseURL}/responses`, {
    method: 'POST',
    headers: { authorization: 'Bearer sk-1', 'content-type': 'application/json' },
    body: '{"model":"gpt-4o","input":"Hello"}',
  });
  expect(response.status).toBe(200);
  expect(mock.journal()).toMatchObject([{ faultApplied: null }]);
});

test('an answer of success that is no stream is one frame, and then the connection closes', async () => {
  const { socket } = await underFault({ http_error: { status: 200, body: '{"hello":1}' } });
  ask(socket);
  expect(await socket.closed).toEqual({ code: 1000, reason: '' });
  expect(socket.frames).toEqual([{ hello: 1 }]);
});

test('a turn takes its place in the capacity of the service', async () => {
  const mock = await startMock();
  const sockets = await Promise.all([1, 2, 3].map(() => openSocket(mock)));
  const scenario = '{ capacity: { rate: 1/s, burst: 1, queue: 1 } }';
  await fetch(`${new URL(mock.baseURL).origin}/__admin/scenario`, { method: 'PUT', body: scenario });
  const ends = await Promise.all(sockets.map((socket) => socket.ask()));
  expect(ends.map(({ type }) => type).sort()).toEqual(['error', 'response.completed', 'response.completed']);
  await mock.idle();
  expect(mock.journal().filter(({ queuedMs }) => (queuedMs ?? 0) > 0)).toHaveLength(1);
});
