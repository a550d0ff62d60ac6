import { expect } from 'vitest';
import { FRAME, frame, get, rawHttp2 } from '../raw-http2.ts';
import { startMock } from '../start-mock.ts';
import { frameViolations } from './frame-violations.ts';
import { randomFrames } from './random-frames.ts';

/** After so many, a connection that still lives is left for another. */
const PER_CONNECTION = 60;
/** What is right and not answered by then is not answered at all. */
const PATIENCE_MS = 10_000;
/** A connection that lost step may wait for the rest of a frame. */
const LOST_MS = 500;

/** What became of the connections. */
interface Sent {
  connections: number;
  /** Had no end before all that was to be sent on them was sent and answered. */
  lived: number;
}

/**
 * Sends random frames to a mock, the same for the same seed. Fails where it fails, where it sends what is against HTTP/2, where
 * it ends a connection or does not answer a request although all was right, and where a request stays open.
 */
export async function sendRandomFrames(frames: number, seed: number): Promise<Sent> {
  const failures: unknown[] = [];
  const { error } = console;
  console.error = (...said: unknown[]) => void failures.push(said);
  try {
    const mock = await startMock();
    const total: Sent = { connections: 0, lived: 0 };
    for (let sent = 0; sent < frames; ) {
      const seen = await sendOn(mock.port, seed, total.connections, Math.min(PER_CONNECTION, frames - sent));
      expect(seen.wrong, `connection ${total.connections} of seed ${seed}`).toEqual([]);
      sent += seen.sent;
      total.connections += 1;
      if (seen.lives) total.lived += 1;
    }
    await mock.idle();
    const after = rawHttp2(mock.port);
    after.send(get(1, '/v1/models'));
    await after.next(({ type, stream }) => type === FRAME.HEADERS && stream === 1);
    expect(failures).toEqual([]);
    return total;
  } finally {
    console.error = error;
  }
}

async function sendOn(port: number, seed: number, connection: number, most: number) {
  const raw = rawHttp2(port);
  const source = randomFrames(seed, connection);
  let sent = 0;
  let granted = 0;
  for (; (sent < most || source.owes) && raw.socket.writable; sent++) {
    const bytes = source.next();
    if (source.isProper && bytes[3] === FRAME.WINDOW_UPDATE && bytes.readUInt32BE(5) === 0) granted += bytes.readUInt32BE(9);
    raw.send(bytes);
  }
  raw.send(frame(FRAME.PING, { payload: Buffer.from('the last') }));
  const hasAll = () => {
    const answered = new Set(raw.frames.filter(({ type }) => type === FRAME.HEADERS).map(({ stream }) => stream));
    return [...source.asked].every((stream) => answered.has(stream));
  };
  let lives = false;
  const isAnswered = raw.next(() => {
    lives = raw.frames.some(({ type, payload }) => type === FRAME.PING && payload.toString() === 'the last');
    return lives && (!source.isProper || hasAll());
  });
  const isGone = raw.next(({ type }) => type === FRAME.GOAWAY).then(() => void (lives = false));
  const timer = setTimeout(() => raw.socket.destroy(), source.isProper ? PATIENCE_MS : LOST_MS);
  await Promise.race([isAnswered, isGone, raw.closed]);
  clearTimeout(timer);
  const wrong = frameViolations(raw.frames, source.isProper ? granted : Number.POSITIVE_INFINITY);
  if (source.isProper && !(lives && hasAll())) wrong.push('a proper connection was ended, or a request of it not answered');
  raw.socket.destroy();
  return { sent, lives, wrong };
}
