import { expect, test } from 'vitest';
import type { MockOpenAI } from '../../../src/index.ts';
import { chatBy, http2Session } from '../../support/http2-client.ts';
import { secureChat } from '../../support/secure-request.ts';
import { startMock } from '../../support/start-mock.ts';

/** A client that opens a connection where it has none, and sends again what was not answered, once it has waited. */
async function answered(mock: MockOpenAI, calls: number): Promise<readonly number[]> {
  let session = http2Session(mock);
  const attempts: number[] = [];
  for (let call = 1; call <= calls; call++) {
    for (let attempt = 1; ; attempt++) {
      if (session.closed || session.destroyed) session = http2Session(mock);
      const messages = [{ role: 'user', content: `Question ${call}` }];
      const { status, ending } = await chatBy(session, mock, { messages });
      if (status === 200 && ending === 'complete') {
        attempts.push(attempt);
        break;
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
    }
  }
  return attempts;
}

test('goaway: every third request ends its connection, and a client that opens another gets all answers', async () => {
  const mock = await startMock('goaway');
  await answered(mock, 9);
  const journal = mock.journal();
  expect(new Set(journal.map(({ connId }) => connId)).size).toBeGreaterThanOrEqual(3);
  expect(journal.filter(({ faultApplied }) => faultApplied !== null).length).toBeGreaterThanOrEqual(3);
  const { verdict, findings } = mock.verdict();
  expect(findings.filter(({ verdict: found }) => found === 'fail' || found === 'warn')).toEqual([]);
  expect(verdict).toBe('pass');
});

test('refused-streams: first attempts are reset on a connection that goes on, and second ones are answered', async () => {
  const mock = await startMock('refused-streams');
  expect(await answered(mock, 6)).toEqual([2, 2, 2, 2, 2, 2]);
  expect(new Set(mock.journal().map(({ connId }) => connId)).size).toBe(1);
  const found = mock.verdict().findings.find(({ rule }) => rule === 'retries_refused_stream');
  expect(found).toMatchObject({ verdict: 'pass', onFault: true });
});

test('bad-certificate: a client that trusts none of four connections is served by the fifth', async () => {
  const mock = await startMock('bad-certificate', { tls: true });
  const seen = [];
  for (let at = 0; at < 5; at++) seen.push(await secureChat(mock));
  expect(seen.slice(0, 3)).toEqual([
    'CERT_HAS_EXPIRED',
    'ERR_TLS_CERT_ALTNAME_INVALID',
    expect.stringMatching(/SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_VERIFY|DEPTH_ZERO/),
  ]);
  expect(seen[3]).toMatch(/EPROTO|ALERT/);
  expect(seen[4]).toBe(200);
});
