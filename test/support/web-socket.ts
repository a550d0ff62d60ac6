import { onTestFinished } from 'vitest';
import { type ClientOptions, WebSocket } from 'ws';

/** A frame as a client reads it. */
export interface Frame {
  readonly type: string;
  readonly [key: string]: unknown;
}

/** A WebSocket of a client, and what it read. */
export interface ClientSocket {
  readonly ws: WebSocket;
  /** The frames in the order in which they came; of those that are not JSON the text. */
  readonly frames: readonly (Frame | string)[];
  /** Hands over the frames, which are forgotten. Not while one is waited for. */
  take(): (Frame | string)[];
  /** How the connection ended. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
  /** Sends an object as JSON, and anything else as it is. */
  send(frame: unknown): void;
  /** Asks for a response, and waits for the frame that ends it. */
  ask(fields?: object): Promise<Frame>;
  /** The first frame, of those that were not waited for, for which this holds. */
  next(wanted: (frame: Frame) => boolean): Promise<Frame>;
}

export interface SocketTarget {
  readonly baseURL: string;
  readonly apiKey: string;
}

const ENDS: ReadonlySet<string> = new Set(['response.completed', 'response.incomplete', 'response.failed', 'error']);

/** Whether a frame ends a response. */
export function endsResponse({ type }: Frame): boolean {
  return ENDS.has(type);
}

/** Opens a WebSocket of the Responses API. Rejects with what came of the handshake in its place. */
export async function openSocket(
  { baseURL, apiKey }: SocketTarget,
  { headers = {}, ...options }: ClientOptions = {},
): Promise<ClientSocket> {
  const ws = new WebSocket(`${baseURL.replace('http', 'ws')}/responses`, {
    perMessageDeflate: false,
    ...options,
    headers: { authorization: `Bearer ${apiKey}`, ...headers },
  });
  const frames: (Frame | string)[] = [];
  const waiting: (() => void)[] = [];
  let read = 0;
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    ws.on('close', (code, reason) => resolve({ code, reason: String(reason) }));
  });
  ws.on('message', (data) => {
    frames.push(parsed(String(data)));
    for (const wake of waiting.splice(0)) wake();
  });
  const socket: ClientSocket = {
    ws,
    frames,
    closed,
    take() {
      read = 0;
      return frames.splice(0);
    },
    send: (frame) => ws.send(typeof frame === 'object' && !Buffer.isBuffer(frame) ? JSON.stringify(frame) : (frame as string)),
    async ask(fields = {}) {
      socket.send({ type: 'response.create', model: 'gpt-4o', input: 'Hello', ...fields });
      return socket.next(endsResponse);
    },
    async next(wanted) {
      for (;;) {
        while (read < frames.length) {
          const frame = frames[read++];
          if (typeof frame === 'object' && wanted(frame)) return frame;
        }
        const isOpen = await Promise.race([
          new Promise<true>((wake) => waiting.push(() => wake(true))),
          closed.then(() => false),
        ]);
        if (!isOpen && read === frames.length) throw new Error(`closed: ${JSON.stringify(await closed)}`);
      }
    },
  };
  onTestFinished(() => ws.terminate());
  await new Promise<void>((resolve, reject) => {
    ws.on('open', resolve);
    ws.on('error', reject);
  });
  return socket;
}

function parsed(text: string): Frame | string {
  try {
    return JSON.parse(text) as Frame;
  } catch {
    return text;
  }
}
