import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { startServer } from '../src/server/start.ts';
import { bytesInUse } from './support/collect-garbage.ts';
import { type ClientSocket, endsResponse, type Frame, openSocket } from './support/web-socket.ts';

/*
 * Whatever frames are sent on a WebSocket, what comes back is a frame that OpenAI sends, or a close that RFC 6455 asks for. Some
 * hundred frames run with the other tests; `npm run fuzz:core` sends twenty thousand.
 */

const FRAMES = Math.min(20_000, Number(process.env['FUZZ_RUNS'] ?? 600));
/** Frames that are sent before their answers are waited for. */
const BATCH = 20;

const VALID = {
  type: 'response.create',
  model: 'gpt-4o',
  input: 'Hello',
  store: false,
  instructions: 'Be brief.',
  max_output_tokens: 16,
  tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: {} }, strict: false }],
  metadata: { a: 'b' },
};

const LANES = [undefined, undefined, undefined, 'a', 'b.2', '', 'x y', 7, null];
const IDS = [undefined, undefined, '{last}', 'resp_1', '', 7, null, '../x'];

/** A create with one thing or another about it. */
const create = fc
  .record({
    lane: fc.constantFrom(...LANES),
    previous: fc.constantFrom(...IDS),
    generate: fc.constantFrom(undefined, undefined, true, false, 'no', null),
    type: fc.constantFrom(...new Array<string>(12).fill('response.create'), 'response.steer', 'response.cancel', '', 'error'),
    changed: fc.option(
      fc.tuple(fc.constantFrom(...Object.keys(VALID), 'background', 'stream', 'what', '__proto__'), fc.jsonValue()),
      {
        nil: undefined,
        freq: 2,
      },
    ),
  })
  .map(({ lane, previous, generate, type, changed }) => {
    const fields = { ...VALID, type, stream_id: lane, previous_response_id: previous, generate };
    return JSON.stringify(changed === undefined ? fields : { ...fields, [changed[0]]: changed[1] });
  });

type Sent =
  | { readonly as: 'text' | 'fragments' | 'cut'; readonly text: string }
  | { readonly as: 'binary' | 'ping' | 'garbage'; readonly bytes: Uint8Array };

const sent: fc.Arbitrary<Sent> = fc.oneof(
  { weight: 100, arbitrary: create.map((text) => ({ as: 'text', text }) as const) },
  { weight: 15, arbitrary: create.map((text) => ({ as: 'fragments', text }) as const) },
  { weight: 10, arbitrary: create.map((text) => ({ as: 'cut', text }) as const) },
  { weight: 10, arbitrary: fc.json().map((text) => ({ as: 'text', text }) as const) },
  { weight: 10, arbitrary: fc.string({ unit: 'binary', maxLength: 200 }).map((text) => ({ as: 'text', text }) as const) },
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 200 }).map((bytes) => ({ as: 'binary', bytes }) as const) },
  { weight: 5, arbitrary: fc.uint8Array({ maxLength: 125 }).map((bytes) => ({ as: 'ping', bytes }) as const) },
  // It ends the connection most often.
  { weight: 1, arbitrary: fc.uint8Array({ minLength: 2, maxLength: 40 }).map((bytes) => ({ as: 'garbage', bytes }) as const) },
);

function transmit(socket: ClientSocket, frame: Sent, last: string): void {
  const { ws } = socket;
  if (ws.readyState !== ws.OPEN) return;
  const text = 'text' in frame ? frame.text.replaceAll('{last}', last) : '';
  switch (frame.as) {
    case 'text':
      ws.send(text);
      break;
    case 'cut':
      ws.send(text.slice(0, text.length / 2));
      break;
    case 'fragments':
      ws.send(text.slice(0, 9), { fin: false });
      ws.ping();
      ws.send(text.slice(9), { fin: true });
      break;
    case 'binary':
      ws.send(frame.bytes);
      break;
    case 'ping':
      ws.ping(frame.bytes);
      break;
    case 'garbage':
      (ws as unknown as { _socket: NodeJS.WritableStream })._socket.write(frame.bytes);
  }
}

const STATUSES: ReadonlySet<unknown> = new Set([400, 404, 429]);
const CODES: ReadonlySet<number> = new Set([1002, 1005, 1006, 1007, 1009]);

/** Whether a frame is one of OpenAI's. */
function check(frame: Frame | string): void {
  if (typeof frame === 'string') throw new Error(`no JSON: ${frame.slice(0, 100)}`);
  expect(frame.type).toMatch(/^(?:response\.[a-z_.]+|error)$/);
  if (frame.type !== 'error') return;
  if (!STATUSES.has(frame['status'])) throw new Error(JSON.stringify(frame));
  expect(frame['error']).toMatchObject({ type: expect.any(String), message: expect.any(String) });
}

/** Sends frames, waits for all answers, and tells the last response that can be gone on from. */
async function play(socket: ClientSocket, frames: readonly Sent[], last: string): Promise<string> {
  for (const frame of frames) {
    transmit(socket, frame, last);
    // It may be the beginning of a frame, of which all that follows is a part.
    if (frame.as === 'garbage') {
      socket.ws.terminate();
      return last;
    }
  }
  // Each lane is free when this has been answered.
  const lanes = [undefined, 'a', 'b.2'];
  for (const lane of lanes) {
    if (socket.ws.readyState !== socket.ws.OPEN) break;
    socket.send({ ...VALID, user: 'last', ...(lane !== undefined && { stream_id: lane }) });
  }
  let known = last;
  try {
    for (let open = lanes.length; open > 0; ) {
      const frame = await socket.next(endsResponse);
      const response = frame['response'] as { id: string; user: string | null } | undefined;
      known = response?.id ?? known;
      if (response?.user === 'last') open -= 1;
    }
  } catch {
    const { code } = await socket.closed;
    expect(CODES).toContain(code);
  }
  return known;
}

test(`${FRAMES} strange frames get frames of OpenAI, and the memory stays flat`, { timeout: 30 * 60_000 }, async () => {
  const failures: unknown[] = [];
  const server = await startServer({
    source: { file: 'fuzz', data: { replies: [{ content: 'Fine.' }] } },
    host: '127.0.0.1',
    port: 0,
    onFailure: (error) => failures.push(error),
  });
  onTestFinished(() => server.close(0));
  const target = { baseURL: `${server.origin}/v1`, apiKey: 'sk-fuzz' };
  const samples = fc.sample(sent, { numRuns: FRAMES, seed: 20_261_129 });
  const kinds = new Map<string, number>();
  let halfway = 0;
  let last = 'resp_1';
  let socket = await openSocket(target, { perMessageDeflate: true });
  for (let at = 0; at < samples.length; at += BATCH) {
    if (at >= samples.length / 2 && halfway === 0) halfway = await bytesInUse();
    last = await play(socket, samples.slice(at, at + BATCH), last);
    for (const frame of socket.take()) {
      check(frame);
      const kind = typeof frame === 'object' && frame.type === 'error' ? String(frame['status']) : 'event';
      kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
    }
    if (socket.ws.readyState !== socket.ws.OPEN || at % (BATCH * 10) === 0) {
      socket.ws.terminate();
      socket = await openSocket(target, { perMessageDeflate: at % (BATCH * 20) === 0 });
    }
  }
  socket.ws.terminate();
  await server.engine.idle();
  expect(failures).toEqual([]);
  expect(kinds.get('event') ?? 0).toBeGreaterThan(FRAMES);
  expect(kinds.get('400') ?? 0).toBeGreaterThan(FRAMES / 20);
  const statuses = new Set(server.engine.defaultSession.journal().map(({ status }) => status));
  expect([...statuses].filter((status) => status !== null && ![101, 200, 400, 404, 429].includes(status))).toEqual([]);
  if (FRAMES >= 10_000) expect((await bytesInUse()) - halfway).toBeLessThan(50 * 1024 * 1024);
});
