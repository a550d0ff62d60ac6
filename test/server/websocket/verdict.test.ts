import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { startMock } from '../../support/start-mock.ts';
import { type ClientSocket, openSocket } from '../../support/web-socket.ts';

/** Asks until there is an answer, and waits before each retry for as long as the client thinks right. */
async function askUntilAnswered(socket: ClientSocket, input: string, waitMs: (askedMs: number) => number): Promise<void> {
  for (;;) {
    const frame = await socket.ask({ input });
    if (frame.type !== 'error') return;
    const { headers } = frame['error'] as { headers: Record<string, string> };
    await sleep(waitMs(Number(headers['retry-after']) * 1_000));
  }
}

const LIMITED = {
  rules: [{ match: { endpoint: 'responses' }, attempts: 1 as never, fault: { rate_limit: { retry_after: '1s' } } }],
};

test.each([
  ['waits as long as it is asked to', (askedMs: number) => askedMs + 300, false],
  ['comes back at once', () => 100, true],
] as const)('a client that %s is judged by its turns', async (_how, waitMs, isAccused) => {
  const mock = await startMock(LIMITED);
  const sockets = await Promise.all([1, 2, 3].map(() => openSocket(mock)));
  await Promise.all(sockets.map((socket, place) => askUntilAnswered(socket, `Question ${place}`, waitMs)));
  for (const socket of sockets) socket.ws.close();
  await mock.idle();
  const judged = mock.verdict();
  // On a busy machine a pass may be undecided.
  expect(judged.findings.find(({ rule }) => rule === 'never_early')?.verdict === 'fail').toBe(isAccused);
  expect(judged.verdict === 'fail').toBe(isAccused);
  expect(mock.calls().filter(({ endpoint }) => endpoint === 'responses.websocket')).toHaveLength(3);
});
