import { setTimeout as sleep } from 'node:timers/promises';
import * as zlib from 'node:zlib';
import { expect, test } from 'vitest';
import { decodeBody } from '../../src/server/decode-body.ts';
import { plainMs } from '../support/cpu-time.ts';
import { startMock } from '../support/start-mock.ts';

/** What else runs on the machine makes some attempts slow; the quickest tells what the work costs. */
const ATTEMPTS = 10;
const MAX_STEP_MS = 50;
const LIMIT = 20 * 1_024 * 1_024;

const fast = { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } };

/** What happens to decoded bodies is measured in `requests.test.ts`. */
const BOMBS: [name: string, coding: string, body: () => Buffer, decoded: number | string][] = [
  ['10 MB of gzip', 'gzip', () => zlib.gzipSync(Buffer.alloc(10_000_000)), 10_000_000],
  ['10 MB of br', 'br', () => zlib.brotliCompressSync(Buffer.alloc(10_000_000), fast), 10_000_000],
  ['10 MB of deflate', 'deflate', () => zlib.deflateSync(Buffer.alloc(10_000_000)), 10_000_000],
  ['just what is taken', 'gzip', () => zlib.gzipSync(Buffer.alloc(LIMIT)), LIMIT],
  ['200 MB of gzip in gzip', 'gzip, gzip', () => zlib.gzipSync(zlib.gzipSync(Buffer.alloc(200_000_000))), 'too large'],
  ['200 MB of gzip', 'gzip', () => zlib.gzipSync(Buffer.alloc(200_000_000)), 'too large'],
  ['200 MB of br', 'br', () => zlib.brotliCompressSync(Buffer.alloc(200_000_000), fast), 'too large'],
];

/** The longest time in which the event loop did nothing else while the work was under way, in milliseconds; the quickest of some attempts. */
async function longestBlockMs(work: () => Promise<void>): Promise<number> {
  let quickestMs = Number.POSITIVE_INFINITY;
  for (let attempt = 0; attempt < ATTEMPTS && quickestMs >= MAX_STEP_MS; attempt++) {
    let longestMs = 0;
    let last = performance.now();
    let isOver = false;
    const tick = () => {
      const now = performance.now();
      longestMs = Math.max(longestMs, now - last);
      last = now;
      if (!isOver) setImmediate(tick);
    };
    tick();
    await work();
    isOver = true;
    await sleep(1);
    quickestMs = Math.min(quickestMs, longestMs < MAX_STEP_MS ? longestMs : plainMs(longestMs));
  }
  return quickestMs;
}

test.each(BOMBS)('%s: no step takes more than 50 ms of the event loop', async (_name, coding, make, decoded) => {
  const body = make();
  const blockedMs = await longestBlockMs(async () => {
    const found = await decodeBody(body, coding, LIMIT);
    expect(typeof found === 'string' ? found : found.byteLength).toBe(decoded);
  });
  expect(blockedMs).toBeLessThan(MAX_STEP_MS);
});

test.each(['gzip', 'br'])(
  'a compressed answer of 2 MB in %s takes no more than 50 ms of the event loop at once',
  async (coding) => {
    const mock = await startMock({ compression: true, replies: [{ tokens: 2_000 }] });
    const headers = { authorization: `Bearer ${mock.apiKey}`, 'content-type': 'application/json', 'accept-encoding': coding };
    const body = JSON.stringify({ model: 'tiny', messages: [{ role: 'user', content: 'Hello' }], n: 4, stream: true });
    const blockedMs = await longestBlockMs(async () => {
      const response = await fetch(`${mock.baseURL}/chat/completions`, { method: 'POST', headers, body });
      let bytes = 0;
      for await (const part of response.body ?? []) bytes += (part as Uint8Array).length;
      expect(bytes).toBeGreaterThan(2_000_000);
    });
    expect(blockedMs).toBeLessThan(MAX_STEP_MS);
  },
);
