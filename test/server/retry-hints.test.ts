import { expect, test } from 'vitest';
import type { FaultInput } from '../../src/core/faults/registry.ts';
import { parseScenario } from '../../src/core/scenario/parse.ts';
import { libraries } from '../../src/libraries.ts';
import { drive } from '../support/drive.ts';
import { rawChat, rawExchange } from '../support/raw-http.ts';
import { startMock } from '../support/start-mock.ts';

const HINT = /^(retry-after|retry-after-ms|x-should-retry)$/i;

interface Shape {
  readonly name: string;
  /** As it stands in a scenario, in flow style. */
  readonly yaml: string;
  /** The hint headers on the wire, at Fri, 10 Jul 2026 18:54:12 GMT. */
  readonly wire: readonly string[];
}

const shape = (name: string, yaml: string, ...wire: string[]): Shape => ({ name, yaml, wire });

const shapes: readonly Shape[] = [
  shape('absent', 'retry_after: none'),
  shape('integer', 'retry_after: 2', 'retry-after: 2'),
  shape('duration', 'retry_after: 2s', 'retry-after: 2'),
  shape('duration, rounded up', 'retry_after: 1.2s', 'retry-after: 2'),
  shape('float', 'retry_after: 1.5', 'retry-after: 1.5'),
  shape('whole float', 'retry_after: "2.0"', 'retry-after: 2.0'),
  shape('zero', 'retry_after: 0', 'retry-after: 0'),
  shape('negative', 'retry_after: -1', 'retry-after: -1'),
  shape('IMF-fixdate', 'retry_after: { date: 3s }', 'retry-after: Fri, 10 Jul 2026 18:54:15 GMT'),
  shape('RFC 850', 'retry_after: { date: 3s, form: rfc850 }', 'retry-after: Friday, 10-Jul-26 18:54:15 GMT'),
  shape('asctime', 'retry_after: { date: 3s, form: asctime }', 'retry-after: Fri Jul 10 18:54:15 2026'),
  shape('date that is now', 'retry_after: { date: 0 }', 'retry-after: Fri, 10 Jul 2026 18:54:12 GMT'),
  shape('past date', 'retry_after: { date: -3s }', 'retry-after: Fri, 10 Jul 2026 18:54:09 GMT'),
  shape('past date, asctime', 'retry_after: { date: -10d, form: asctime }', 'retry-after: Tue Jun 30 18:54:12 2026'),
  shape('date in 1994', 'retry_after: "Sun, 06 Nov 1994 08:49:37 GMT"', 'retry-after: Sun, 06 Nov 1994 08:49:37 GMT'),
  shape('garbage', 'retry_after: soon', 'retry-after: soon'),
  shape('unit', 'retry_after: { raw: 3 seconds }', 'retry-after: 3 seconds'),
  shape('empty', 'retry_after: ""', 'retry-after: '),
  shape('huge', 'retry_after: "99999999999999999999"', 'retry-after: 99999999999999999999'),
  shape('two days', 'retry_after: 55h5m', 'retry-after: 198300'),
  shape('retry-after-ms alone', 'retry_after: none, retry_after_ms: 700', 'retry-after-ms: 700'),
  shape('retry-after-ms of a duration', 'retry_after: none, retry_after_ms: 1.5s', 'retry-after-ms: 1500'),
  shape('retry-after-ms, float', 'retry_after: none, retry_after_ms: "0.5"', 'retry-after-ms: 0.5'),
  shape('retry-after-ms, garbage', 'retry_after: none, retry_after_ms: later', 'retry-after-ms: later'),
  shape('retry-after-ms, empty', 'retry_after: none, retry_after_ms: ""', 'retry-after-ms: '),
  shape('retry-after-ms, negative', 'retry_after: none, retry_after_ms: -1', 'retry-after-ms: -1'),
  shape('conflicting pair', 'retry_after: 30s, retry_after_ms: 500', 'retry-after: 30', 'retry-after-ms: 500'),
  shape('x-should-retry: true', 'retry_after: none, should_retry: true', 'x-should-retry: true'),
  shape(
    'x-should-retry: false against a hint',
    'retry_after: 1s, should_retry: false',
    'retry-after: 1',
    'x-should-retry: false',
  ),
  shape('another casing', 'retry_after: none, headers: { Retry-After: 7s }', 'Retry-After: 7s'),
];

const scenarioOf = ({ yaml }: Shape) => `rules: [{ fault: { rate_limit: { ${yaml} } } }]`;

test.each(shapes)('a scenario can say: $name', (given) => {
  const { head } = drive(scenarioOf(given)).send();
  const sent = (head?.headers ?? []).filter(([name]) => HINT.test(name)).map(([name, value]) => `${name}: ${value}`);
  expect(sent).toEqual(given.wire);
});

test.each(shapes)('on the wire, byte for byte: $name', async (given) => {
  const mock = await startMock(scenarioOf(given));
  const { bytes } = await rawExchange(
    mock.port,
    rawChat('{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}]}', ['Connection: close']),
  );
  const [head = ''] = bytes.toString('latin1').split('\r\n\r\n');
  const lines = head.split('\r\n').filter((line) => HINT.test(line.split(':')[0] ?? ''));
  // The server's clock goes on: dates are compared in shape.
  const dateless = (line: string) =>
    /\d\d:\d\d:\d\d/.test(line) && !line.includes('1994') ? line.replaceAll(/[A-Za-z]+day|\b[A-Z][a-z]{2}\b|\d+/g, '#') : line;
  expect(lines.map(dateless).map((line) => line.replace(/(Jul|Jun) {2}/, '# '))).toEqual(given.wire.map(dateless));
});

test.each([
  ['retry_after: { date: soon }', 'expected a duration such as 3s, or -3s for a date in the past, found "soon"'],
  ['retry_after: { date: 3s, form: rfc }', 'unknown value "rfc"'],
  ['retry_after: { date: 40000d }', '"40000d" is too long: expected a duration of at most 36525d'],
])('what is no hint is refused: %s', (yaml, message) => {
  const text = `rules: [{ fault: { rate_limit: { ${yaml} } } }]`;
  expect(parseScenario({ file: 'a.yaml', text }, libraries).problems?.[0]?.message).toContain(message);
});

test('a past date asks for no wait: the text keeps the usual one', () => {
  const fault: FaultInput['rate_limit'] = { retry_after: { date: '-3s' } };
  expect(drive({ rules: [{ fault: { rate_limit: fault } }] }).send().text).toContain('Please try again in 1s.');
});

test('the journal knows when each form is due', () => {
  for (const form of ['imf', 'rfc850', 'asctime'] as const) {
    const mock = drive({ rules: [{ fault: { overloaded: { retry_after: { date: '3s', form } } } }] });
    mock.send();
    expect(mock.engine.defaultSession.journal()[0]?.hint?.dueAt).toBe(3_000);
  }
});
