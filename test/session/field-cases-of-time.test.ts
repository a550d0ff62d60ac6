import { expect, test } from 'vitest';
import { errorOf } from '../support/apply-fault.ts';
import { type Driver, drive, type Received, type Sent } from '../support/drive.ts';
import { headerOf } from '../support/effects.ts';

const messageOf = (reply: Received) => String(errorOf(reply)['message']);
const statusAt = (mock: Driver, ms: number, sent: Sent = {}) => {
  mock.clock.advance(ms - mock.clock.now());
  return mock.send(sent).status;
};
const statusesAt = (mock: Driver, seconds: readonly number[]) => seconds.map((second) => statusAt(mock, second * 1_000));

test('five seconds of every thirty are down, for as long as it runs (F22)', () => {
  const mock = drive('rules: [{ during: { every: 30s, for: 5s }, fault: overloaded }]');
  expect(statusesAt(mock, [0, 4.9, 5, 29.9, 30, 34.9, 35, 3_600, 3_604, 3_605])).toEqual([
    ...[503, 503, 200, 200, 503, 503, 200],
    ...[503, 503, 200],
  ]);
  expect(statusesAt(drive('rules: [{ during: [1s..2s, 10s..20s], fault: overloaded }]'), [0, 1, 2, 10, 19, 20])).toEqual([
    200, 503, 200, 503, 503, 200,
  ]);
});

test('errors rise to one half and fall again, in two rules (F23)', () => {
  const mock = drive(`rules:
  - { during: 0s..30s, probability: { from: 0, to: 0.5, over: 30s }, fault: server_error }
  - { during: 30s..60s, probability: { from: 0.5, to: 0, over: 30s }, fault: server_error }`);
  const failed = [0, 0, 0, 0];
  for (let n = 0; n < 1_200; n++) {
    if (statusAt(mock, n * 50, { content: `Question ${n}` }) === 500)
      failed[Math.floor(n / 300)] = (failed[Math.floor(n / 300)] ?? 0) + 1;
  }
  // Means of 1/8, 3/8, 3/8 and 1/8 of three hundred, within 4.5 standard deviations.
  for (const [quarter, share] of [0.125, 0.375, 0.375, 0.125].entries()) {
    expect(Math.abs((failed[quarter] ?? 0) - 300 * share)).toBeLessThan(4.5 * Math.sqrt(300 * share * (1 - share)));
  }
});

test('a block counts down to its end, in header and text, for every request of it (F28)', () => {
  const mock = drive('rules: [{ during: 0s..10s, fault: { rate_limit: { limit: tokens, retry_after: until_end } } }]');
  const told = [0, 2, 4].map((second, n) => {
    mock.clock.advance(second * 1_000 - mock.clock.now());
    const reply = mock.send({ content: `Question ${n}` });
    return [headerOf(reply, 'retry-after'), /try again in (\S+)\. /.exec(messageOf(reply))?.[1]];
  });
  expect(told).toEqual([
    ['10', '10s'],
    ['8', '8s'],
    ['6', '6s'],
  ]);
  expect(statusAt(mock, 10_000)).toBe(200);
});

test('a limit in fixed windows blocks until its window ends, and counts down for every request (F28)', () => {
  const mock = drive('limits: { "*": { rpm: 5, window: fixed } }');
  for (let n = 0; n < 5; n++) expect(statusAt(mock, 1_000 * n, { content: `Question ${n}` })).toBe(200);
  const told = [48, 51, 59.5].map((second) => {
    mock.clock.advance(second * 1_000 - mock.clock.now());
    const reply = mock.send({ content: `Question at ${second}` });
    return [reply.status, headerOf(reply, 'retry-after'), /try again in (\S+)\. /.exec(messageOf(reply))?.[1]];
  });
  // The window began with the first call, at 0 s.
  expect(told).toEqual([
    [429, '12', '12s'],
    [429, '9', '9s'],
    [429, '1', '500ms'],
  ]);
  expect(statusesAt(mock, [60, 60, 60, 60, 60, 60])).toEqual([200, 200, 200, 200, 200, 429]);
});

test.each(['/openai/deployments/mine/chat/completions?api-version=2024-10-21', '/openai/v1/chat/completions'])(
  'blocks count down on Azure, too, in both hints and the text: %s',
  (target) => {
    const hints = (mock: Driver) => {
      const reply = mock.send({ target, content: `At ${mock.clock.now()}` });
      return [
        headerOf(reply, 'retry-after'),
        headerOf(reply, 'retry-after-ms'),
        /retry after (\d+) seconds/.exec(messageOf(reply))?.[1],
      ];
    };
    const rule = drive('rules: [{ during: 0s..10s, fault: { rate_limit: { retry_after: until_end } } }]');
    expect(hints(rule)).toEqual(['10', '10000', '10']);
    rule.clock.advance(4_000);
    expect(hints(rule)).toEqual(['6', '6000', '6']);
    const limit = drive('limits: { "*": { rpm: 1, window: fixed } }');
    limit.send({ target });
    limit.clock.advance(45_000);
    expect(hints(limit)).toEqual(['15', '15000', '15']);
    limit.clock.advance(5_000);
    expect(hints(limit)).toEqual(['10', '10000', '10']);
  },
);

test('a look at the models uses up no outage (by the way)', () => {
  const mock = drive('rules: [{ match: { endpoint: chat.completions }, during: 0s..10s, fault: overloaded }]');
  mock.send({ target: '/v1/models' });
  expect([statusAt(mock, 60_000), statusAt(mock, 69_000), statusAt(mock, 70_000)]).toEqual([503, 503, 200]);
});

test('the limit of one model halves for a while, and that of the other stays (OK08, by limits alone)', () => {
  const mock = drive(`limits:
  a: { rpm: 8, window: fixed }
  b: { rpm: 8, window: fixed }
  changes: [{ at: 60s, a: { rpm: 4 } }, { at: 120s, a: { rpm: 8 } }]`);
  const admitted = (model: string) =>
    Array.from({ length: 10 }, (_, n) => mock.send({ model, content: `Question ${n}` })).filter(({ status }) => status === 200)
      .length;
  const rounds = [0, 60_000, 120_000].map((at) => {
    mock.clock.advance(at - mock.clock.now());
    return [admitted('a'), admitted('b')];
  });
  expect(rounds).toEqual([
    [8, 8],
    [4, 8],
    [8, 8],
  ]);
});
