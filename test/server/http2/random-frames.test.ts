import { expect, test } from 'vitest';
import { fork } from '../../../src/core/random.ts';
import {
  END_HEADERS,
  END_STREAM,
  FRAME,
  type Frame,
  fieldBlock,
  frame,
  type RawHttp2,
  rawHttp2,
  requestFields,
} from '../../support/raw-http2.ts';
import { startMock } from '../../support/start-mock.ts';

/* `FRAMES=50000 npx vitest run test/server/http2/random-frames` sends as many. */
const FRAMES = Number(process.env['FRAMES'] ?? 1_500);
const SEED = Number(process.env['SEED'] ?? 1);
/** After so many, a connection that still lives is left for another. */
const PER_CONNECTION = 60;
const LARGEST_FRAME = 16_384;
const PATHS = ['/v1/models', '/v1/chat/completions', '/__admin/health', '/v1/none', '*', ''];

const BODY = Buffer.from(JSON.stringify({ model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] }));

function randomFrames(random: () => number) {
  const whole = (below: number) => Math.floor(random() * below);
  const bytes = (most: number) => Buffer.from(Array.from({ length: whole(most) }, () => whole(256)));
  const pick = <Item>(items: readonly Item[]) => items[whole(items.length)] as Item;
  let opened = 1;
  const someStream = () => pick([0, 1, 2, opened, opened, opened + 2, whole(2 ** 31)]);
  return (): Buffer => {
    const kind = random();
    if (kind < 0.3) {
      opened += 2;
      const fields = {
        ...requestFields(pick(PATHS), pick(['GET', 'POST', 'CONNECT', 'HEAD', 'nonsense'])),
        'content-type': 'application/json',
      };
      const flags = pick([END_HEADERS, END_HEADERS | END_STREAM, END_HEADERS, 0]);
      return frame(FRAME.HEADERS, { flags, stream: opened, payload: pick([fieldBlock(fields), fieldBlock(fields), bytes(60)]) });
    }
    if (kind < 0.5) return frame(FRAME.DATA, { flags: pick([0, END_STREAM]), stream: opened, payload: pick([BODY, bytes(200)]) });
    if (kind < 0.6) return frame(FRAME.RST_STREAM, { stream: someStream(), payload: Buffer.of(0, 0, 0, whole(14)) });
    if (kind < 0.7) return frame(FRAME.WINDOW_UPDATE, { stream: someStream(), payload: Buffer.of(0, 0, whole(256), whole(256)) });
    if (kind < 0.78) return frame(FRAME.PING, { payload: Buffer.alloc(8) });
    if (kind < 0.86) return frame(FRAME.SETTINGS, { payload: Buffer.of(0, 1 + whole(6), 0, 0, whole(256), whole(256)) });
    return frame(whole(14), { flags: whole(256), stream: someStream(), payload: bytes(100) });
  };
}

/** What of the frames that the server sent is against RFC 9113. */
function violations(frames: readonly Frame[]): string[] {
  const ended = new Set<number>();
  const wrong: string[] = [];
  if (frames.length > 0 && frames[0]?.type !== FRAME.SETTINGS) wrong.push('the first frame is no SETTINGS (§3.4)');
  for (const { type, flags, stream, payload } of frames) {
    if (payload.length > LARGEST_FRAME) wrong.push(`a frame of ${payload.length} bytes (§4.2)`);
    if (type > FRAME.CONTINUATION) wrong.push(`a frame of type ${type}`);
    const isOfStream = type === FRAME.DATA || type === FRAME.HEADERS || type === FRAME.RST_STREAM;
    if (isOfStream && (stream === 0 || stream % 2 === 0)) wrong.push(`type ${type} on stream ${stream} (§5.1.1)`);
    if ((type === FRAME.SETTINGS || type === FRAME.PING || type === FRAME.GOAWAY) && stream !== 0)
      wrong.push(`type ${type} on stream ${stream} (§6)`);
    if ((type === FRAME.DATA || type === FRAME.HEADERS) && ended.has(stream))
      wrong.push(`type ${type} after the end of ${stream} (§5.1)`);
    if ((type === FRAME.DATA || type === FRAME.HEADERS) && (flags & END_STREAM) !== 0) ended.add(stream);
    if (type === FRAME.RST_STREAM) ended.add(stream);
    if (type === FRAME.WINDOW_UPDATE && payload.readUInt32BE(0) === 0) wrong.push('a WINDOW_UPDATE of 0 (§6.9)');
  }
  return wrong;
}

/** Lets what was sent be answered. */
async function settled(raw: RawHttp2): Promise<void> {
  await Promise.race([raw.closed, new Promise((resolve) => setTimeout(resolve, 20))]);
}

test(`${FRAMES} random frames break nothing, and what is answered is HTTP/2`, async () => {
  const failures: unknown[] = [];
  const { error } = console;
  console.error = (...said: unknown[]) => void failures.push(said);
  try {
    const mock = await startMock();
    const random = fork(SEED, 'frames');
    for (let sent = 0; sent < FRAMES; ) {
      const raw = rawHttp2(mock.port);
      const next = randomFrames(random);
      for (let at = 0; at < PER_CONNECTION && sent < FRAMES && raw.socket.writable; at++, sent++) raw.send(next());
      await settled(raw);
      expect(violations(raw.frames)).toEqual([]);
      raw.socket.destroy();
    }
    const after = rawHttp2(mock.port);
    const payload = fieldBlock(requestFields('/v1/models'));
    after.send(frame(FRAME.HEADERS, { flags: END_STREAM | END_HEADERS, stream: 1, payload }));
    await after.next(({ type, stream }) => type === FRAME.HEADERS && stream === 1);
    expect(failures).toEqual([]);
  } finally {
    console.error = error;
  }
}, 600_000);
