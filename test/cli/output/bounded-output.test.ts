import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import { BoundedOutput } from '../../../src/cli/output/bounded-output.ts';

const LINE = `${'x'.repeat(999)}\n`;

test('what nobody reads is left out, and its number told when somebody reads again', async () => {
  const stream = new PassThrough({ highWaterMark: 16_000 });
  const output = new BoundedOutput(stream, (lines) => `${lines} left out\n`);
  for (let line = 0; line < 5_000; line++) output.write(LINE);
  expect(stream.writableLength + stream.readableLength).toBeLessThan(1_200_000);
  expect(await output.settled()).toBe(false);
  let text = '';
  stream.on('data', (chunk: Buffer) => (text += chunk.toString()));
  await expect.poll(() => text).toMatch(/\n(\d+) left out\n$/);
  const leftOut = Number(/(\d+) left out/.exec(text)?.[1]);
  expect(leftOut + text.split(LINE).length - 1).toBe(5_000);
  output.write('after\n');
  expect(await output.settled()).toBe(true);
  await expect.poll(() => text).toMatch(/left out\nafter\n$/);
});
