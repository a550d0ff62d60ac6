import type { ServerOptions, WebSocketServer } from 'ws';
import { lazily } from './load.ts';

const ws = lazily<typeof import('ws')>('#libraries/ws');

/** Frames shorter than this are not worth to be compressed. Bytes. */
const COMPRESSED_FROM = 1_024;

/** What makes WebSockets of connections that are handed to it. It answers no ping by itself, and takes no subprotocol. Sizes in bytes. */
export function createWebSocketServer(maxFrameBytes: number): WebSocketServer {
  const options: ServerOptions = {
    noServer: true,
    clientTracking: false,
    autoPong: false,
    // The Responses API has none (wire-responses.md 7).
    handleProtocols: () => false,
    maxPayload: maxFrameBytes,
    perMessageDeflate: { threshold: COMPRESSED_FROM },
  };
  return new (ws().WebSocketServer)(options);
}
