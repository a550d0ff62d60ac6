import fc from 'fast-check';
import { expect, test } from 'vitest';
import { credentialHash } from '../../src/exchange/incoming.ts';
import { drive, type Sent } from '../support/drive.ts';
import { propertyRuns } from '../support/property-runs.ts';

const hashOf = (key: string) => credentialHash(`Bearer ${key}`);

const levelsOf = (mock: ReturnType<typeof drive>) => mock.engine.defaultSession.limitLevels();

test('each limit tells what its accounts have left, and when all of it is back', () => {
  const mock = drive({ limits: { 'gpt-4o': { rpm: 500, tpm: 30_000 }, '*': 'tier-1' } });
  expect(levelsOf(mock).map(({ of, accounts }) => [of, accounts.length])).toEqual([
    ['gpt-4o', 0],
    ['*', 0],
  ]);
  mock.send({ key: 'sk-one', model: 'gpt-4o-2024-08-06' });
  mock.send({ key: 'sk-one' });
  const requests = { limit: 500, used: 2, left: 498, fullInMs: 240 };
  const tokens = { limit: 30_000, used: 8, left: 29_992, fullInMs: 16 };
  expect(levelsOf(mock)[0]?.accounts).toEqual([
    { keyHash: hashOf('sk-one'), family: 'gpt-4o', buckets: { requests, tokens }, inFlight: undefined },
  ]);
  mock.clock.advance(130);
  expect(levelsOf(mock)[0]?.accounts[0]?.buckets).toEqual({
    requests: { limit: 500, used: 1, left: 499, fullInMs: 110 },
    tokens: { limit: 30_000, used: 0, left: 30_000, fullInMs: 0 },
  });
});

test('a fixed window is full when it ends, and a limit that has become less has nothing left', () => {
  const mock = drive({ limits: { '*': { rpm: 4, window: 'fixed' } } });
  for (let sent = 0; sent < 3; sent++) mock.send();
  mock.clock.advance(20_000);
  const requestsOf = () => levelsOf(mock)[0]?.accounts[0]?.buckets.requests;
  expect(requestsOf()).toEqual({ limit: 4, used: 3, left: 1, fullInMs: 40_000 });
  mock.engine.defaultSession.changeLimits({
    models: { '*': { tier: undefined, given: { requests: 2 }, inFlight: undefined } },
    keys: {},
  });
  expect(requestsOf()).toEqual({ limit: 2, used: 3, left: 0, fullInMs: 40_000 });
  mock.clock.advance(40_000);
  expect(requestsOf()).toEqual({ limit: 2, used: 0, left: 2, fullInMs: 0 });
});

test('of many accounts the twenty fullest are told, and how many others there are', () => {
  const mock = drive({ limits: { '*': { rpd: 100 } } });
  for (let key = 1; key <= 30; key++) for (let sent = 0; sent < key; sent++) mock.send({ key: `sk-${key}` });
  const [levels] = levelsOf(mock);
  expect(levels?.accounts.map(({ buckets }) => buckets.requests_per_day?.used)).toEqual(
    Array.from({ length: 20 }, (_, place) => 30 - place),
  );
  expect(levels?.leftOut).toBe(10);
});

test('a service tells its queue, and when it is idle again', () => {
  const mock = drive({ capacity: { rate: '10/s', burst: 2, queue: 3 } });
  const { defaultSession: session } = mock.engine;
  expect(session.pending()).toEqual({ taken: 0, queued: 0, idleInMs: 0 });
  for (let sent = 0; sent < 4; sent++) mock.send();
  expect(session.pending()).toEqual({ taken: 2, queued: 2, idleInMs: 400 });
  mock.clock.advance(250);
  expect(session.pending()).toEqual({ taken: 2, queued: 0, idleInMs: 150 });
  expect(drive({}).engine.defaultSession.pending()).toBeUndefined();
});

test('to look changes nothing: who is admitted, what headers say, which accounts are kept', () => {
  const scenarios = fc.constantFrom(
    { limits: { '*': { rpm: 6, tpm: 60 } } },
    { limits: { '*': { rpm: 6, window: 'fixed' } } },
    { limits: { '*': { rpm: { from: 2, to: 40, over: '20s' } } } },
    { limits: { keys: { 'sk-a': { '*': { rpd: 5 } } }, '*': { in_flight: 1, rpm: 9 } }, capacity: { rate: '2/s', queue: 2 } },
  );
  const steps = fc.array(
    fc.record({ gap: fc.nat(9_000), key: fc.constantFrom('sk-a', 'sk-b', 'sk-c'), model: fc.constantFrom('gpt-4o', 'o3') }),
    { maxLength: 25 },
  );
  fc.assert(
    fc.property(scenarios, steps, (scenario, sent) => {
      const told = (looks: boolean) => {
        const mock = drive(scenario as Parameters<typeof drive>[0]);
        const look = () => looks && [levelsOf(mock), mock.engine.defaultSession.pending()];
        return sent.map(({ gap, ...request }: Sent & { gap: number }) => {
          look();
          mock.clock.advance(gap);
          look();
          const { status, head, effects } = mock.send(request);
          return { status, head, effects };
        });
      };
      expect(told(true)).toEqual(told(false));
    }),
    { numRuns: propertyRuns(30) },
  );
});
