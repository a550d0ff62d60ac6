import { execFileSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { startMock } from '../support/start-mock.ts';
import { curl, nodeHttp, plainFetch, sdk, type Witness } from '../support/witnesses.ts';

/*
 * What real clients make of each fault: the official SDK without retries, fetch (undici), node:http, curl. Each cell tells
 * how the client says the answer ended, and how many content chunks (of a whole answer: 1) it had by then.
 */

const WITNESSES: readonly Witness[] = [sdk, plainFetch, nodeHttp, curl];
const NAMES = ['openai SDK', 'fetch', 'node:http', 'curl'] as const;

/** Content chunks of the healthy stream. */
const ALL = 12;
const WHOLE = 'complete 1';
const EVERY = `complete ${ALL}`;

type Cells = readonly [sdk: string, fetch: string, http: string, curl: string];
type Row = readonly [fault: unknown, ...Cells];

const SAME = (cell: string): Cells => [cell, cell, cell, cell];

const WHOLE_ANSWERS: readonly Row[] = [
  ['ok', ...SAME(WHOLE)],
  ['hang', ...SAME('gave up 0')],
  ['empty_response', 'APIConnectionError UND_ERR_SOCKET 0', 'TypeError UND_ERR_SOCKET 0', 'Error ECONNRESET 0', 'exit 52 0'],
  ['connection_reset', 'APIConnectionError ECONNRESET 0', 'TypeError ECONNRESET 0', 'Error ECONNRESET 0', 'exit 56 0'],
  [
    { connection_reset: { at: 'accept' } },
    'APIConnectionError ECONNRESET 0',
    'TypeError ECONNRESET 0',
    'Error ECONNRESET 0',
    // curl tells a reset that comes before it looks from one that comes later.
    'exit (7|56) 0',
  ],
  [
    { connection_reset: { at: 'headers' } },
    'TypeError ECONNRESET 0',
    'TypeError ECONNRESET 0',
    'Error ECONNRESET 0',
    'exit 56 0',
  ],
  [{ connection_reset: { at: 'body' } }, 'TypeError ECONNRESET 0', 'TypeError ECONNRESET 0', 'Error ECONNRESET 0', 'exit 56 0'],
  ['truncated_body', 'TypeError UND_ERR_SOCKET 0', 'TypeError UND_ERR_SOCKET 0', 'Error ECONNRESET 0', 'exit 18 0'],
  ['malformed_json', 'SyntaxError 0', 'complete 0', 'complete 0', 'complete 0'],
  // The SDK hands out the body as text, without an error.
  ['wrong_content_type', 'complete 0', WHOLE, WHOLE, WHOLE],
  [{ slow_headers: { every: '1ms' } }, ...SAME(WHOLE)],
  [{ slow_body: { every: '1ms' } }, ...SAME(WHOLE)],
  ['early_close', ...SAME(WHOLE)],
];

const STREAMS: readonly Row[] = [
  ['ok', ...SAME(EVERY)],
  [{ slow_stream: { inter_token: '2ms' } }, ...SAME(EVERY)],
  ['stalled_stream', ...SAME('gave up 3')],
  // Nobody notices.
  [{ truncated_stream: { end: 'clean' } }, ...SAME('complete 3')],
  [
    { truncated_stream: { end: 'close' } },
    'TypeError UND_ERR_SOCKET 3',
    'TypeError UND_ERR_SOCKET 3',
    'Error ECONNRESET 3',
    'exit 18 3',
  ],
  [{ truncated_stream: { end: 'reset' } }, 'TypeError ECONNRESET 3', 'TypeError ECONNRESET 3', 'Error ECONNRESET 3', 'exit 56 3'],
  ['stream_error', 'APIError 3', 'complete 3', 'complete 3', 'complete 3'],
  ['missing_done', ...SAME(EVERY)],
  ['missing_finish_reason', ...SAME(EVERY)],
  // The SDK waits for the end of the body after [DONE].
  ['open_after_done', ...SAME(`gave up ${ALL}`)],
  ['malformed_chunk', 'SyntaxError 3', `complete ${ALL - 1}`, `complete ${ALL - 1}`, `complete ${ALL - 1}`],
  ['duplicate_chunk', ...SAME(`complete ${ALL + 1}`)],
  ['split_utf8', ...SAME(EVERY)],
  ['reframed_stream', ...SAME(EVERY)],
  [{ reframed_stream: { line_ending: 'cr' } }, ...SAME(EVERY)],
  ['wrong_content_type', ...SAME(EVERY)],
];

const CASES = [...WHOLE_ANSWERS.map((row) => [row, false] as const), ...STREAMS.map((row) => [row, true] as const)].flatMap(
  ([[fault, ...cells], stream]) =>
    cells.map(
      (cell, index) =>
        [JSON.stringify(fault), stream ? 'stream' : 'whole', NAMES[index], { fault, stream, cell, index }] as const,
    ),
);

const hasCurl = (() => {
  try {
    return execFileSync('curl', ['--version']).length > 0;
  } catch {
    return false;
  }
})();

test.for(CASES)('%s · %s · %s', async ([_fault, _kind, name, { fault, stream, cell, index }], context) => {
  if (name === 'curl' && !hasCurl) return context.skip('curl is not installed');
  const mock = await startMock({
    replies: [{ content: 'Naïve café — 😀😀 and so on, one by one.' }],
    rules: [{ fault }],
  } as never);
  const patienceMs = cell.startsWith('gave up') ? 400 : 20_000;
  const seen = await WITNESSES[index]?.(mock, { stream, patienceMs });
  expect(`${seen?.end} ${seen?.pieces}`).toMatch(new RegExp(`^${cell}$`));
});
