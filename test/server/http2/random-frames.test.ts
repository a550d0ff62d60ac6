import { expect, test } from 'vitest';
import { sendRandomFrames } from '../../support/random-frames/send-random-frames.ts';

/* `npm run test:timed` sends 50,000. */
const FRAMES = 1_500;

test(`${FRAMES} random frames break nothing, and what is answered is HTTP/2`, async () => {
  const { connections, lived } = await sendRandomFrames(FRAMES, 1);
  expect(lived / connections).toBeGreaterThan(0.5);
});
