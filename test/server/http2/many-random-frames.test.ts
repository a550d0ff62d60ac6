import { expect, test } from 'vitest';
import { sendRandomFrames } from '../../support/random-frames/send-random-frames.ts';

/* `SEED=7 npx vitest run --config test/timed.config.ts many-random-frames` sends others. */
const FRAMES = 50_000;
const SEED = Number(process.env['SEED'] ?? 2);

test(`${FRAMES} random frames break nothing, and what is answered is HTTP/2`, async () => {
  const { connections, lived } = await sendRandomFrames(FRAMES, SEED);
  expect(lived / connections).toBeGreaterThan(0.5);
}, 600_000);
