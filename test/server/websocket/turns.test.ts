import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startMock } from '../../support/start-mock.ts';
import { endsResponse, openSocket } from '../../support/web-socket.ts';

/** What the same request is answered by POST, event by event. */
async function postedEvents(mock: { baseURL: string; apiKey: string }, body: object): Promise<Record<string, unknown>[]> {
  const response = await fetch(`${mock.baseURL}/responses`, {
    method: 'POST',
    headers: { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ ...body, stream: true }),
  });
  const text = await response.text();
  return [...text.matchAll(/^data: (.*)$/gm)].map(([, data = '']) => JSON.parse(data));
}

/** An event without what differs from response to response. */
function timeless(event: unknown): string {
  return JSON.stringify(event)
    .replace(/_0[0-9a-f]{49}/g, '_id')
    .replace(/"obfuscation":"\w*"/g, '"obfuscation":""')
    .replace(/"(created|completed)_at":\d+/g, '"at":0');
}

test('the frames of an answer are the events of its stream', async () => {
  const mock = await startMock({ replies: [{ content: 'Bonjour, ça va? 😀' }] });
  const socket = await openSocket(mock);
  await socket.ask({ max_output_tokens: 50 });
  const posted = await postedEvents(mock, { model: 'gpt-4o', input: 'Hello', max_output_tokens: 50 });
  expect(posted.length).toBeGreaterThan(8);
  expect(socket.frames.map(timeless)).toEqual(posted.map(timeless));
});

test('the same turn again is told in the same frames, and counted in the same way', async () => {
  const mock = await startMock({ replies: [{ tokens: 30 }] });
  const socket = await openSocket(mock);
  const told: string[][] = [];
  for (let turn = 0; turn < 3; turn++) {
    const before = socket.frames.length;
    await socket.ask();
    told.push(socket.frames.slice(before).map(timeless));
  }
  expect(new Set(told.map((frames) => frames.join('\n'))).size).toBe(1);
  await mock.idle();
  const [, ...turns] = mock.journal();
  expect(turns.map(({ chunksOut, eventsOut }) => ({ chunksOut, eventsOut }))).toEqual(
    Array.from({ length: 3 }, () => ({ chunksOut: turns[0]?.chunksOut, eventsOut: told[0]?.length })),
  );
});

test('each turn is a request: an attempt of a call, in the journal, told apart by its protocol', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, attempts: 1, fault: 'server_error' }] });
  const socket = await openSocket(mock, { headers: { 'user-agent': 'witness', 'x-client-request-id': 'one for the handshake' } });
  expect(await socket.ask()).toMatchObject({ type: 'error', status: 500 });
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  await mock.idle();
  expect(mock.journal()).toMatchObject([
    { method: 'GET', endpoint: 'responses.websocket', status: 101, protocol: 'http/1.1', connReqSeq: 1, closedBy: null },
    { method: 'POST', endpoint: 'responses', status: 500, protocol: 'websocket', connId: 1, connReqSeq: 2, attemptSeq: 1 },
    { status: 200, protocol: 'websocket', connReqSeq: 3, attemptSeq: 2, stream: true, closedBy: null, path: '/v1/responses' },
  ]);
  const [, , answered] = mock.journal();
  expect(answered).toMatchObject({ eventsOut: socket.frames.length - 1, headers: { 'user-agent': 'witness' } });
  expect(answered?.chunksOut).toBeGreaterThan(3);
  expect(mock.calls().map(({ attempts }) => attempts.length)).toEqual([1, 2]);
});

test('the error of a turn is nested, and has its status and the headers that say when to come back', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, fault: { rate_limit: { retry_after: '2s' } } }] });
  const socket = await openSocket(mock);
  const frame = await socket.ask();
  expect(Object.keys(frame)).toEqual(['type', 'status', 'error']);
  expect(frame).toMatchObject({
    type: 'error',
    status: 429,
    error: {
      type: 'requests',
      code: 'rate_limit_exceeded',
      message: expect.stringContaining('Rate limit reached for gpt-4o'),
      param: null,
      headers: { 'retry-after': '2', 'x-request-id': expect.stringMatching(/^req_/) },
    },
  });
  await mock.idle();
  expect(mock.journal().at(-1)?.hint).toMatchObject({ header: 'retry-after', raw: '2' });
});

test('headers of a success, which no frame has, are not noted as told', async () => {
  const mock = await startMock({ limits: { 'gpt-5*': { rpm: 1 } } });
  const socket = await openSocket(mock);
  await socket.ask({ model: 'gpt-5-nano' });
  expect(await socket.ask({ model: 'gpt-5-nano' })).toMatchObject({ status: 429 });
  await mock.idle();
  expect(mock.journal().slice(1)).toMatchObject([
    { status: 200, paceDueAt: null },
    { status: 429, paceDueAt: expect.anything() },
  ]);
});

test.each([
  [{ input: 3 }, { code: 'invalid_type', param: 'input' }],
  [{ background: true }, { code: 'unsupported_parameter', param: 'background' }],
  [
    { model: 'no-such-model', input: 'x' },
    { code: 'model_not_found', param: 'model' },
  ],
  [{ generate: 'no' }, { code: 'unknown_parameter', param: 'generate' }],
  [{ messages: [] }, { code: 'unsupported_parameter' }],
])('%j is refused in the words of the API, and the connection goes on', async (fields, error) => {
  const mock = await startMock({ models: 'listed' });
  const socket = await openSocket(mock);
  expect(await socket.ask(fields)).toMatchObject({ type: 'error', status: 400, error });
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
});

test('a frame that is not JSON is a request that is not', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  socket.send('{"type":');
  expect(await socket.next(endsResponse)).toMatchObject({ status: 400, error: { code: 'invalid_json' } });
  await mock.idle();
  expect(mock.journal().at(-1)).toMatchObject({ endpoint: 'responses', status: 400, refusedBy: 'api' });
});

test('a binary frame is refused and is no request', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  socket.send(Buffer.from('{"type":"response.create"}'));
  expect(await socket.next(endsResponse)).toMatchObject({ status: 400, error: { code: 'invalid_frame' } });
  expect(await socket.ask()).toMatchObject({ type: 'response.completed' });
  expect(mock.journal()).toHaveLength(2);
});

test('turns run one after the other; those of other lanes do not wait, and their frames name the lane', async () => {
  const mock = await startMock({ rules: [{ match: { prompt: 'slow' }, fault: { latency: '300ms' } }] });
  const socket = await openSocket(mock);
  const ask = (input: string, lane?: string) =>
    socket.send({ type: 'response.create', model: 'gpt-4o', input, ...(lane !== undefined && { stream_id: lane }) });
  ask('slow');
  ask('quick');
  ask('beside', 'b.1');
  for (let end = 0; end < 3; end++) await socket.next(endsResponse);
  const frames = socket.frames.filter((frame) => typeof frame === 'object');
  const lanes = frames.map(({ stream_id: lane }) => lane);
  const beside = frames.filter(({ stream_id: lane }) => lane === 'b.1');
  expect(lanes.lastIndexOf('b.1')).toBe(beside.length - 1);
  expect(beside.length).toBeGreaterThan(5);
  await mock.idle();
  const [, slow, besides, quick] = mock.journal();
  expect([slow?.seq, besides?.t_end ?? 0].every((value) => value !== undefined)).toBe(true);
  expect(besides?.t_end ?? 0).toBeLessThan(slow?.t_end ?? 0);
  expect(quick?.t_firstByteBefore ?? 0).toBeGreaterThanOrEqual(slow?.t_end ?? 0);
});

test('the last response of a connection can be gone on from without being stored', async () => {
  const mock = await startMock();
  const [socket, other] = [await openSocket(mock), await openSocket(mock)];
  const first = await socket.ask({ store: false });
  const { id } = first['response'] as { id: string };
  expect(id).toMatch(/^resp_[0-9a-f]{16}01/);
  expect(await other.ask({ store: false, previous_response_id: id })).toMatchObject({
    status: 400,
    error: { code: 'previous_response_not_found', param: 'previous_response_id' },
  });
  const stored = await fetch(`${mock.baseURL}/responses/${id}`, { headers: { authorization: `Bearer ${mock.apiKey}` } });
  expect(stored.status).toBe(404);
  const second = await socket.ask({ store: false, previous_response_id: id });
  expect(second).toMatchObject({ type: 'response.completed', response: { previous_response_id: id } });
  const { usage } = second['response'] as { usage: { input_tokens: number } };
  const { usage: before } = first['response'] as { usage: { total_tokens: number } };
  expect(usage.input_tokens).toBeGreaterThan(before.total_tokens);
  expect(await socket.ask({ store: false, previous_response_id: id })).toMatchObject({ status: 400 });
});

test('a failed turn leaves nothing to go on from that is not stored', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  const { response } = (await socket.ask({ store: false })) as { response?: { id: string } } & { type: string };
  expect(await socket.ask({ store: false, previous_response_id: response?.id, temperature: 'hot' })).toMatchObject({
    status: 400,
  });
  expect(await socket.ask({ store: false, previous_response_id: response?.id })).toMatchObject({
    error: { code: 'previous_response_not_found' },
  });
});

test('a response that is stored can be gone on from by any connection, and by POST', async () => {
  const mock = await startMock();
  const [socket, other] = [await openSocket(mock), await openSocket(mock)];
  const { response } = (await socket.ask()) as { response?: { id: string } } & { type: string };
  const go = { previous_response_id: response?.id, input: 'And then?' };
  expect(await other.ask(go)).toMatchObject({ type: 'response.completed' });
  const events = await postedEvents(mock, { model: 'gpt-4o', ...go });
  expect(events.at(-1)).toMatchObject({ type: 'response.completed' });
});

test('a warm-up says nothing, and can be gone on from', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  const warm = await socket.ask({ generate: false, store: false, input: [], instructions: 'Be brief.' });
  expect(warm).toMatchObject({
    type: 'response.completed',
    response: { output: [], status: 'completed', usage: { output_tokens: 0 } },
  });
  expect(socket.frames.map((frame) => (typeof frame === 'string' ? frame : frame.type))).toEqual([
    'response.created',
    'response.in_progress',
    'response.completed',
  ]);
  const { id } = warm['response'] as { id: string };
  const next = await socket.ask({ store: false, previous_response_id: id });
  expect(next).toMatchObject({ type: 'response.completed', response: { output: [{ type: 'message' }] } });
});

test('equal requests share nothing with a warm-up or with a POST', async () => {
  const mock = await startMock();
  const socket = await openSocket(mock);
  const outputs: number[] = [];
  for (const generate of [false, true, false, undefined]) {
    const { response } = (await socket.ask({ generate })) as { response?: { output: unknown[] } } & { type: string };
    outputs.push(response?.output.length ?? -1);
  }
  expect(outputs).toEqual([0, 1, 0, 1]);
});

test('the session and the call of the URL are those of each turn', async () => {
  const mock = await startMock();
  const baseURL = `${new URL(mock.baseURL).origin}/s/aside/c/checkout/v1`;
  const socket = await openSocket({ baseURL, apiKey: mock.apiKey });
  await socket.ask();
  await mock.idle();
  expect(mock.journal()).toEqual([]);
  const journal = await fetch(`${new URL(mock.baseURL).origin}/s/aside/__admin/journal`).then((answer) => answer.json());
  expect(journal.entries).toMatchObject([
    { logicalId: 'checkout/websocket', certainty: 'exact', attemptSeq: 1, status: 101 },
    { logicalId: 'checkout', certainty: 'exact', attemptSeq: 1, status: 200 },
  ]);
});

test('a request under way is in flight until its connection is closed, and no longer', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, fault: 'hang' }] });
  const socket = await openSocket(mock);
  await mock.idle();
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello' });
  socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello again' });
  const origin = new URL(mock.baseURL).origin;
  const inFlight = async () =>
    (await (await fetch(`${origin}/metrics`)).text()).match(/requests_in_flight{session="default"} (\d+)/)?.[1];
  await expect.poll(inFlight).toBe('1');
  socket.ws.close();
  await mock.idle();
  expect(await inFlight()).toBe('0');
  expect(mock.journal().slice(1)).toMatchObject([{ status: null, closedBy: 'client', closedHow: 'fin' }]);
});

test('the mock closes its WebSockets when it ends: those under way when they are over', async () => {
  const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, fault: { latency: '100ms' } }] });
  const [idle, busy] = [await openSocket(mock), await openSocket(mock)];
  const answer = busy.ask();
  await sleep(20);
  const ended = mock.close();
  expect((await idle.closed).code).toBe(1001);
  expect(await answer).toMatchObject({ type: 'response.completed' });
  expect((await busy.closed).code).toBe(1001);
  await ended;
});

test('a name that the handshake brings is that of the call that is asked, not of the handshake or of a warm-up', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'responses', prompt: 'Hello*' }, attempts: 1, fault: 'overloaded' }],
  });
  const headers = { 'x-client-request-id': 'thread-1' };
  const socket = await openSocket(mock, { headers });
  await socket.ask({ generate: false, input: [] });
  expect(await socket.ask({ metadata: { started: '1' } })).toMatchObject({ status: 503 });
  const again = await openSocket(mock, { headers });
  // Codex says something else with each attempt.
  expect(await again.ask({ metadata: { started: '2' } })).toMatchObject({ type: 'response.completed' });
  await mock.idle();
  expect(mock.journal().map(({ logicalId, attemptSeq }) => `${logicalId} ${attemptSeq}`)).toEqual([
    '#1 1',
    '#2 1',
    'client-request-id:thread-1 1',
    '#3 1',
    'client-request-id:thread-1 2',
  ]);
});

test('a turn that was sent before the one before it had failed is no retry of it', async () => {
  const mock = await startMock({
    rules: [{ match: { endpoint: 'responses' }, first: 1, fault: [{ latency: '50ms' }, 'server_error'] as never }],
  });
  const socket = await openSocket(mock);
  const create = { type: 'response.create', model: 'gpt-4o', input: 'Hello' };
  socket.send(create);
  socket.send(create);
  expect(await socket.next(endsResponse)).toMatchObject({ status: 500 });
  expect(await socket.next(endsResponse)).toMatchObject({ type: 'response.completed' });
  await mock.idle();
  const [, failed, queued] = mock.journal();
  expect(queued).toMatchObject({ attemptSeq: 1 });
  expect(queued?.logicalId).not.toBe(failed?.logicalId);
});
