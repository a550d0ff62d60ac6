import { expect, test } from 'vitest';
import { formatProblem } from '../../src/core/problem.ts';
import { parseScenario } from '../../src/core/scenario/parse.ts';
import { libraries } from '../../src/libraries.ts';
import { errorOf } from '../support/apply-fault.ts';
import { type Driver, drive, type Sent } from '../support/drive.ts';
import { headerOf } from '../support/effects.ts';

const statuses = (mock: Driver, n: number, sent: Sent = {}) => Array.from({ length: n }, () => mock.send(sent).status);
const admitted = (mock: Driver, n: number, sent: Sent = {}) => statuses(mock, n, sent).filter((status) => status === 200).length;

test('a fixed window tells one story in text, headers and hint, and lets all through when it ends', () => {
  const mock = drive({ limits: { 'gpt-4o': { rpm: 3, tpm: 1_000, window: 'fixed' } } });
  expect(statuses(mock, 1)).toEqual([200]);
  mock.clock.advance(20_000);
  const second = mock.send();
  expect(headerOf(second, 'x-ratelimit-reset-requests')).toBe('40s');
  mock.send();
  const refused = mock.send();
  expect(refused.status).toBe(429);
  expect(String(errorOf(refused)['message'])).toContain('Limit 3, Used 3, Requested 1. Please try again in 40s.');
  expect(headerOf(refused, 'retry-after')).toBe('40');
  expect(headerOf(refused, 'x-ratelimit-remaining-requests')).toBe('0');
  mock.clock.advance(39_999);
  expect(statuses(mock, 1)).toEqual([429]);
  mock.clock.advance(1);
  expect(statuses(mock, 4)).toEqual([200, 200, 200, 429]);
});

test('an injected rate_limit tells of the fixed window, too', () => {
  const mock = drive({ limits: { '*': { rpm: 3, window: 'fixed' } }, rules: [{ after: 1, fault: 'rate_limit' }] });
  mock.send();
  mock.clock.advance(15_000);
  const refused = mock.send();
  expect(String(errorOf(refused)['message'])).toContain('Please try again in 45s.');
  expect(headerOf(refused, 'retry-after')).toBe('45');
});

test('a limit falls while it runs, also below what was used (field case F29)', () => {
  const mock = drive({ limits: { 'gpt-4o': { rpm: 500 }, changes: [{ at: '30s', 'gpt-4o': { rpm: 100 } }] } });
  expect(admitted(mock, 500)).toBe(500);
  mock.clock.advance(30_000);
  const refused = mock.send();
  expect(headerOf(refused, 'x-ratelimit-limit-requests')).toBe('100');
  expect(String(errorOf(refused)['message'])).toContain('Limit 100, Used 250, Requested 1. Please try again in 1m30.6s.');
  mock.clock.advance(90_600);
  expect(statuses(mock, 2)).toEqual([200, 429]);
});

test('a ramp of a limit is refused and shown at its height', () => {
  const mock = drive({ limits: { '*': { rpm: { from: 100, to: 10, over: '60s' } } } });
  expect(headerOf(mock.send(), 'x-ratelimit-limit-requests')).toBe('100');
  mock.clock.advance(30_000);
  expect(headerOf(mock.send(), 'x-ratelimit-limit-requests')).toBe('55');
});

test('limits by key go before those by model, and have buckets of their own for each key', () => {
  const mock = drive({ limits: { keys: { 'sk-batch*': { '*': { rpm: 2 } } }, 'gpt-4o': { rpm: 4 } } });
  expect(admitted(mock, 6, { key: 'sk-batch-1' })).toBe(2);
  expect(admitted(mock, 6, { key: 'sk-batch-2' })).toBe(2);
  expect(admitted(mock, 6, { key: 'sk-live' })).toBe(4);
});

test('limits that are changed by hand leave what was used, and a reset brings back those of the file', () => {
  const mock = drive({ limits: { 'gpt-4o': { rpm: 10 } } });
  expect(admitted(mock, 6)).toBe(6);
  mock.engine.defaultSession.changeLimits({
    models: { 'gpt-4o': { tier: undefined, given: { requests: 8 }, inFlight: undefined } },
    keys: {},
  });
  expect(admitted(mock, 6)).toBe(2);
  mock.engine.defaultSession.reset();
  expect(admitted(mock, 12)).toBe(10);
});

const problemsOf = (limits: string) =>
  (parseScenario({ file: 'l.yaml', text: `limits: ${limits}` }, libraries).problems ?? []).map(formatProblem);

test.each([
  [
    '{ gpt-4o: { rpm: 5 }, changes: [{ at: 3s, gpt-4: { rpm: 3 } }] }',
    'l.yaml:1:51 limits.changes[0].gpt-4: changes nothing: limits has no entry gpt-4; it has gpt-4o',
  ],
  ['{ gpt-4o: { rpm: 5 }, changes: [{ at: 3s }] }', 'l.yaml:1:41 limits.changes[0]: changes nothing: name an entry of limits'],
  [
    '{ gpt-4o: { rpm: 5 }, changes: [{ gpt-4o: { rpm: 3 } }] }',
    'l.yaml:1:41 limits.changes[0].at: missing key "at": expected a duration such as 250ms, 2s or 1m30s, found nothing',
  ],
  [
    '{ gpt-4o: { rpm: { from: 5, to: 0, over: 1s } } }',
    'l.yaml:1:41 limits.gpt-4o.rpm.to: expected a number of at least 1, found 0',
  ],
  [
    '{ gpt-4o: { rpm: 5, window: sliding } }',
    'l.yaml:1:37 limits.gpt-4o.window: unknown value "sliding". Known: continuous, fixed.',
  ],
  ['{ keys: { "sk-*": {} } }', 'l.yaml:1:27 limits.keys.sk-*: limits nothing: give it a model, such as "*": { rpm: 10 }'],
  ['{ keys: { "sk-*": { "*": { rpn: 3 } } } }', 'l.yaml:1:36 unknown key "rpn". Did you mean "rpm"?'],
  ['{ gpt-4o: { rpm: 1, in_flight: 0 } }', 'l.yaml:1:40 limits.gpt-4o.in_flight: expected a number of at least 1, found 0'],
])('%s is refused', (limits, expected) => {
  expect(problemsOf(limits)).toContain(expected);
});
