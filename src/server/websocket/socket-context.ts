import type { ServerContext } from '../receive-request.ts';

/** Where WebSockets are served. */
export interface SocketContext extends ServerContext {
  /** Told of what must never happen: a fault of the mock itself. */
  onFailure(error: unknown): void;
}
