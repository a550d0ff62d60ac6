import { expect, test } from 'vitest';
import { formatProblem } from '../../../src/core/problem.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import type { RuleInput } from '../../../src/index.ts';
import { libraries } from '../../../src/libraries.ts';
import { chatBy, http2Session, openChat, seen } from '../../support/http2-client.ts';
import { FRAME, get, rawHttp2 } from '../../support/raw-http2.ts';
import { secureChat } from '../../support/secure-request.ts';
import { postChat, startMock } from '../../support/start-mock.ts';

const CODES = ['refused_stream', 'internal_error', 'cancel', 'enhance_your_calm'] as const;

test.each(CODES)('stream_reset carries its code %s to the client, and the connection goes on', async (code) => {
  const mock = await startMock({ rules: [{ first: 1, fault: { stream_reset: { code } } }] });
  const session = http2Session(mock);
  expect(await chatBy(session, mock)).toMatchObject({ status: undefined, ending: code.toUpperCase() });
  expect(await chatBy(session, mock)).toMatchObject({ status: 200, ending: 'complete' });
  expect(mock.journal()).toMatchObject([
    { connId: 1, streamId: 1, closedBy: 'server', closedHow: 'rst_stream', resetCode: code, status: null, bytesOut: 0 },
    { connId: 1, streamId: 3, closedBy: null, resetCode: null },
  ]);
});

test('stream_reset comes after the head, or within the body, what went before included', async () => {
  const steps: RuleInput['sequence'] = [
    { stream_reset: { at: 'headers' } },
    { stream_reset: { at: 'body', after_bytes: 40, code: 'cancel' } },
  ];
  const mock = await startMock({ rules: [{ sequence: steps }] });
  const session = http2Session(mock);
  expect(await chatBy(session, mock)).toMatchObject({ status: 200, text: '', ending: 'INTERNAL_ERROR' });
  const cut = await chatBy(session, mock);
  expect(cut).toMatchObject({ status: 200, ending: 'CANCEL' });
  expect(cut.text).toHaveLength(40);
  expect(mock.journal()).toMatchObject([{ bytesOut: 0 }, { bytesOut: 40, closedHow: 'rst_stream', resetCode: 'cancel' }]);
});

test('goaway lets open streams end, names the last of them, and the connection ends', async () => {
  const mock = await startMock({ rules: [{ after: 1, first: 2, fault: 'goaway' }, { fault: { latency: '150ms' } }] });
  const session = http2Session(mock);
  const frames: [number, number | undefined][] = [];
  session.on('goaway', (code, last) => frames.push([code, last]));
  const [open, struck] = await Promise.all([chatBy(session, mock), chatBy(session, mock)]);
  expect([open, struck]).toMatchObject([
    { status: 200, ending: 'complete' },
    { status: 200, ending: 'complete' },
  ]);
  await expect.poll(() => session.destroyed).toBe(true);
  expect(frames[0]).toEqual([0, 3]);
  expect(await chatBy(http2Session(mock), mock)).toMatchObject({ status: 200 });
  expect(mock.journal().map(({ connId, closedBy }) => [connId, closedBy])).toEqual([
    [1, null],
    [1, null],
    [2, null],
  ]);
});

test('goaway without serve_open says of streams without an answer that they were not processed', async () => {
  const fault = { goaway: { code: 'enhance_your_calm', serve_open: false } } as const;
  const mock = await startMock({
    rules: [
      { match: { model: 'gpt-4o-mini' }, fault },
      { match: { stream: true }, fault: 'hang' },
    ],
  });
  const session = http2Session(mock);
  const frames: [number, number | undefined][] = [];
  session.on('goaway', (code, last) => frames.push([code, last]));
  expect(await chatBy(session, mock)).toMatchObject({ id: 1, status: 200 });
  const held = openChat(session, mock, { stream: true });
  await expect.poll(() => mock.journal()).toHaveLength(2);
  const results = await Promise.all([seen(held), chatBy(session, mock, { model: 'gpt-4o-mini' })]);
  expect(results.map(({ status }) => status)).toEqual([undefined, undefined]);
  expect(frames[0]).toEqual([11, 1]);
  await expect.poll(() => mock.journal()[1]?.t_end).not.toBeNull();
  expect(mock.journal()).toMatchObject([
    { streamId: 1, closedBy: null },
    { streamId: 3, closedBy: 'server', closedHow: 'go_away', status: null },
    { streamId: 5, closedBy: 'server', closedHow: 'go_away', status: null },
  ]);
});

test('a stream that comes behind a GOAWAY is not processed, and is in no journal', async () => {
  const mock = await startMock({ rules: [{ name: 'replaced', first: 1, fault: ['goaway', { latency: '300ms' }] }] });
  const raw = rawHttp2(mock.port);
  raw.send(get(1, '/v1/models'));
  const goaway = await raw.next(({ type }) => type === FRAME.GOAWAY);
  expect(goaway.payload.readUInt32BE(0)).toBe(1);
  raw.send(get(3, '/v1/models'));
  await raw.closed;
  expect(raw.frames.filter(({ stream }) => stream === 3)).toEqual([]);
  expect(mock.journal()).toMatchObject([{ streamId: 1, status: 200, closedBy: null, faultApplied: { rule: 'replaced' } }]);
});

test('a GOAWAY behind another one ends the connection where it is to', async () => {
  const rules: RuleInput[] = [{ sequence: [['goaway', 'hang'], { goaway: { serve_open: false } }] }];
  const mock = await startMock({ rules });
  const raw = rawHttp2(mock.port);
  raw.send(get(1, '/v1/models'), get(3, '/v1/models'));
  await raw.closed;
  await mock.idle();
  expect(mock.journal()).toMatchObject([
    { streamId: 1, closedBy: 'server', closedHow: 'go_away' },
    { streamId: 3, closedBy: 'server', closedHow: 'go_away' },
  ]);
});

test('the first stream of a connection is refused by a frame of its own, for Node names no last stream before it', async () => {
  const mock = await startMock({ rules: [{ first: 1, fault: { goaway: { serve_open: false } } }] });
  expect(await chatBy(http2Session(mock), mock)).toMatchObject({ id: 1, status: undefined, ending: 'REFUSED_STREAM' });
  expect(mock.journal()).toMatchObject([{ closedBy: 'server', closedHow: 'go_away' }]);
});

test.each(['stream_reset', 'goaway'] as const)('%s strikes no request by HTTP/1.1, and none is counted', async (fault) => {
  const mock = await startMock({ rules: [{ name: 'h2', first: 1, fault }] });
  expect((await postChat(mock)).status).toBe(200);
  expect((await postChat(mock, {}, { 'x-mock-fault': fault })).status).toBe(200);
  expect(mock.journal()).toMatchObject([{ faultApplied: null }, { faultApplied: null }]);
  await chatBy(http2Session(mock), mock);
  expect(mock.journal()[2]).toMatchObject({ faultApplied: { rule: 'h2' } });
});

test.each([
  ['refuse', /EPROTO|ALERT_HANDSHAKE_FAILURE/, 'server'],
  ['expired', /CERT_HAS_EXPIRED/, 'client'],
  ['wrong_host', /ALTNAME_INVALID/, 'client'],
  ['untrusted', /UNABLE_TO_VERIFY|SELF_SIGNED/, 'client'],
] as const)('tls_failure %s is what the client says it is, and the next connection is served', async (how, code, closedBy) => {
  const mock = await startMock({ rules: [{ name: 'tls', first: 1, fault: { tls_failure: { how } } }] }, { tls: true });
  expect(await secureChat(mock)).toMatch(code);
  expect(await secureChat(mock)).toBe(200);
  await expect.poll(() => mock.journal()[0]?.t_end).not.toBeNull();
  const [first, second] = mock.journal();
  expect(first).toMatchObject({ method: '', connId: 1, connReqSeq: 0, status: null, faultApplied: { rule: 'tls' }, tls: null });
  // Node's client looks at the name when the handshake is over.
  if (how !== 'wrong_host') expect(first).toMatchObject({ closedBy });
  expect(second).toMatchObject({ status: 200, connId: 2 });
});

test('tls_failure strikes no connection without TLS, and a client that accepts what it is shown is served', async () => {
  const rules: RuleInput[] = [{ first: 1, fault: { tls_failure: { how: 'untrusted' } } }];
  const plain = await startMock({ rules });
  expect((await postChat(plain)).status).toBe(200);
  expect(plain.journal()).toMatchObject([{ faultApplied: null }]);
  const mock = await startMock({ rules }, { tls: true });
  process.env['NODE_TLS_REJECT_UNAUTHORIZED'] = '0';
  try {
    expect(await secureChat(mock)).toBe(200);
  } finally {
    delete process.env['NODE_TLS_REJECT_UNAUTHORIZED'];
  }
  expect(mock.journal()).toMatchObject([
    { method: '', closedBy: null },
    { method: 'POST', status: 200 },
  ]);
});

test('what a fault of connections and of streams does not take is said at its place', () => {
  const text = `rules:
  - { match: { model: gpt-4o }, fault: tls_failure }
  - { fault: { stream_reset: { code: refused_stream, at: body } } }
  - { fault: { goaway: { code: nonsense } } }`;
  const { problems = [] } = parseScenario({ file: 's.yaml', text }, libraries) as {
    problems?: Parameters<typeof formatProblem>[0][];
  };
  expect(problems.map(formatProblem).join('\n')).toMatch(
    /match asks for what cannot be known yet: tls_failure comes before any request[\s\S]*refused_stream says that the request was not processed[\s\S]*code/,
  );
});

test('x-mock-fault resets a stream, and says why it cannot spoil a handshake', async () => {
  const mock = await startMock();
  const session = http2Session(mock);
  const ask = (fault: string) =>
    seen(
      session
        .request({ ':path': '/v1/models', authorization: `Bearer ${mock.apiKey}`, 'x-mock-fault': fault })
        .on('error', () => undefined),
    );
  expect(await ask('stream_reset; code=refused_stream')).toMatchObject({ ending: 'REFUSED_STREAM' });
  expect(await ask('tls_failure')).toMatchObject({ status: 400, text: expect.stringContaining('a header comes later') });
});
