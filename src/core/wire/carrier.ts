/**
 * What an answer travels in: a response of HTTP; the response that makes a WebSocket of a connection; frames of a WebSocket,
 * which have neither a head nor a body; a line in a file, of a request that a client left to the service to make.
 */
export type Carrier = 'response' | 'handshake' | 'frames' | 'line';
