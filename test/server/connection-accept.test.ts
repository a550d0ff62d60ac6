import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { formatProblem } from '../../src/core/problem.ts';
import { parseScenario } from '../../src/core/scenario/parse.ts';
import { libraries } from '../../src/libraries.ts';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const HELLO = rawChat(JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] }), ['Connection: close']);
const AT_ACCEPT = { connection_reset: { at: 'accept' } } as const;

/** Connects and sends nothing. */
function knock(port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? ''));
    socket.on('end', () => resolve('FIN'));
  });
}

test('a connection is reset before its client has said anything', async () => {
  const mock = await startMock({ rules: [{ name: 'refuse', first: 1, fault: AT_ACCEPT }] });
  expect(await knock(mock.port)).toBe('ECONNRESET');
  expect((await rawExchange(mock.port, HELLO)).text).toContain('200 OK');
  expect(mock.journal()).toMatchObject([
    {
      method: '',
      path: '',
      connId: 1,
      connReqSeq: 0,
      t_bodyEnd: null,
      t_firstByteBefore: null,
      status: null,
      closedBy: 'server',
      closedHow: 'reset',
      bytesOut: 0,
      faultApplied: { rule: 'refuse' },
    },
    { connId: 2, connReqSeq: 1, status: 200 },
  ]);
  expect(mock.calls().map(({ attempts }) => attempts.map(({ status }) => status))).toEqual([[200]]);
});

test('occurrences count connections, and a kept connection is asked about once', async () => {
  const mock = await startMock({ rules: [{ every: 2, fault: AT_ACCEPT }] });
  const kept = rawExchange(mock.port, [HELLO.replace('close', 'keep-alive'), HELLO.replace('close', 'keep-alive'), HELLO]);
  expect((await kept).text.match(/200 OK/g)).toHaveLength(3);
  expect((await rawExchange(mock.port, HELLO)).ending).toBe('RST');
  expect((await rawExchange(mock.port, HELLO)).ending).toBe('FIN');
});

test('a sequence may let connections pass', async () => {
  const mock = await startMock({ rules: [{ sequence: [AT_ACCEPT, 'ok', AT_ACCEPT] }] });
  const endings = [];
  for (let i = 0; i < 4; i++) endings.push((await rawExchange(mock.port, HELLO)).ending);
  expect(endings).toEqual(['RST', 'FIN', 'RST', 'FIN']);
});

test('the same seed refuses the same connections', async () => {
  const endings = async (seed: number) => {
    const mock = await startMock({ seed, rules: [{ probability: 0.5, fault: AT_ACCEPT }] });
    const seen = [];
    for (let i = 0; i < 20; i++) seen.push((await rawExchange(mock.port, HELLO)).ending);
    return seen.join(' ');
  };
  expect(await endings(1)).toBe(await endings(1));
  expect(await endings(1)).not.toBe(await endings(2));
});

test('a session that stands in the path is asked as the head of a request comes, before its body', async () => {
  const mock = await startMock();
  const session = mock.session({ scenario: { rules: [{ first: 1, fault: AT_ACCEPT }] } });
  const head = HELLO.slice(0, HELLO.indexOf('\r\n\r\n') + 4).replace('/v1/', `/s/${session.id}/v1/`);
  expect(await rawExchange(mock.port, head)).toMatchObject({ ending: 'RST', text: '' });
  expect(session.journal()).toMatchObject([{ path: '/v1/chat/completions', t_bodyEnd: null, closedHow: 'reset' }]);
  expect((await postChat(session)).status).toBe(200);
  expect((await postChat(mock)).status).toBe(200);
});

test.each([
  ['match: { prompt: hi }', /match asks for what cannot be known yet/],
  ['attempts: 1..2', /attempts asks for what cannot be known yet/],
  ['per: call', /per asks for what cannot be known yet/],
])('a rule with %s cannot strike on accept', (line, message) => {
  const text = `rules:\n  - ${line}\n    fault: { connection_reset: { at: accept } }\n`;
  expect(parseScenario({ file: 'a.yaml', text }, libraries).problems?.map(formatProblem)).toEqual([
    expect.stringMatching(new RegExp(`^a.yaml:2:5 rules\\[0\\]\\.\\w+: ${message.source}`)),
  ]);
});

test.each([
  ['fault: [{ latency: 1s }, { connection_reset: { at: accept } }]', /latency needs a request/],
  ['sequence: [{ connection_reset: { at: accept } }, overloaded]', /overloaded needs a request/],
  ['one_of: [{ fault: { connection_reset: { at: accept } } }, { fault: server_error }]', /server_error needs a request/],
])('%s is refused', (line, message) => {
  const { problems = [] } = parseScenario({ file: 'a.yaml', text: `rules:\n  - ${line}\n` }, libraries);
  expect(problems.map(formatProblem)).toEqual([expect.stringMatching(message)]);
});

test.each([
  ['connection_reset: { after_bytes: 3 }', /after_bytes goes with at: body/],
  ['slow_body: { rate: 1KiB, bytes: 3 }', /rate replaces bytes and every/],
  ['slow_body: { rate: 1KB }', /expected a size such as 100B, 64KiB or 1MiB, found "1KB"/],
])('%s is refused', (fault, message) => {
  const { problems = [] } = parseScenario({ file: 'a.yaml', text: `rules:\n  - fault: { ${fault} }\n` }, libraries);
  expect(problems.map(formatProblem)).toEqual([expect.stringMatching(message)]);
});

test('a stream fault before an error that answers whole is refused', () => {
  const text = 'rules:\n  - fault: [truncated_stream, server_error]\n';
  const { problems = [] } = parseScenario({ file: 'a.yaml', text }, libraries);
  expect(problems.map(formatProblem)).toEqual([
    'a.yaml:2:13 rules[0].fault[0]: truncated_stream never happens: server_error after it answers without a stream',
  ]);
});
