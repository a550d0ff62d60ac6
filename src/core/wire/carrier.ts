/**
 * What an answer travels in: a response of HTTP; the response that makes a WebSocket of a connection; frames of a WebSocket,
 * which have neither a head nor a body.
 */
export type Carrier = 'response' | 'handshake' | 'frames';
