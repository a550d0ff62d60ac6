import type { IncomingMessage, ServerResponse } from 'node:http';

/** What answers under `/__admin`, and at `/metrics`. */
export type AdminListener = (request: IncomingMessage, response: ServerResponse) => Promise<void>;
