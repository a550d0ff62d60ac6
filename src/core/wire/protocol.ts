/** What a request came by: a version of HTTP, or a frame of a WebSocket. */
export type Protocol = 'http/1.0' | 'http/1.1' | 'http/2' | 'websocket';
