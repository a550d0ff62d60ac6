import type { Http2Code } from './http2-code.ts';

/** One header field, in the order and the casing in which it goes on the wire. */
export type Header = readonly [name: string, value: string];

/** Header fields as they go on the wire, to a client of HTTP/1.1 whose connection stays. */
interface PrintedHeaders {
  readonly of: readonly Header[];
  readonly text: string;
  /** Where in the list fields of a lower-case name begin. */
  readonly places: ReadonlyMap<string, number>;
}

/** What the body of an answer is sent in. */
export type Coding = 'br' | 'gzip';

/** So many bytes at a time, with a pause between. */
export interface Pace {
  readonly bytes: number;
  readonly everyMs: number;
}

/** The head of a response. `transfer-encoding` and `connection` are adapted to the client's HTTP version by the server. */
export interface Head {
  readonly type: 'head';
  readonly status: number;
  readonly headers: readonly Header[];
  /** The same as text. It holds as long as it is of the very list that `headers` is: code that changes the headers may leave it as it is. */
  readonly printed?: PrintedHeaders | undefined;
  /** `error.code` of the body that follows, for the journal. */
  readonly errorCode?: string | number | null;
  /** `error.type` of the same. */
  readonly errorType?: string | null;
  /** The layer that refuses the request, where only the reply finds what is wrong; for the journal. */
  readonly refusedBy?: 'edge' | 'gateway' | 'api';
  /** Milliseconds that a bare number in `x-ratelimit-reset-*` stands for. Without it, numbers have units. */
  readonly resetUnitMs?: number | undefined;
  /** How the head itself is sent; at once without it. */
  readonly pace?: Pace;
  /** What the body is sent in, as the fields say. The writes that follow have it plain. Without it, it is sent as it is. */
  readonly coding?: Coding;
}

/**
 * What an event of a stream says: who speaks, how far the service has got, a piece of the answer, why the answer or a part of
 * it ended, what it cost, an error, that the answer is complete, that the stream is over (`[DONE]`).
 */
export type EventKind = 'opening' | 'progress' | 'content' | 'finish' | 'usage' | 'error' | 'completion' | 'sentinel';

/** Bytes of the body. */
export interface Write {
  readonly type: 'write';
  readonly data: string | Uint8Array;
  /** The event of a stream that ends with these bytes. */
  readonly event?: EventKind;
  /** The event that these bytes are a part of and that more bytes follow of. */
  readonly partOf?: EventKind;
  /** Of a text that holds several whole events: how many, how many of these are content, and how many bytes they are in UTF-8. */
  readonly holds?: { readonly events: number; readonly contents: number; readonly bytes: number };
  /**
   * To be called with `data` when all of it has been sent, and nothing reads it any more: its memory is used again. Without a
   * call, or with other data, it is not.
   */
  readonly giveBack?: (data: Write['data']) => void;
}

/** The proper end of a response. */
export interface End {
  readonly type: 'end';
  /** What the next request on this connection meets in place of an answer, if there is one. */
  readonly next?: readonly Effect[];
}

/** The connection ends before the response does. */
interface Close {
  readonly type: 'close';
  /** What a WebSocket says before (RFC 6455 §5.5.1); without it nothing. HTTP has no such thing. */
  readonly saying?: CloseFrame;
}

export interface CloseFrame {
  readonly code: number;
  readonly reason: string;
}

/** The stream of HTTP/2 ends before the response does; its connection goes on. */
interface ResetStream {
  readonly type: 'reset_stream';
  readonly code: Http2Code;
}

/** The connection of HTTP/2 takes no more streams, and ends: when those that are open are over, or without them. */
interface GoAway {
  readonly type: 'go_away';
  readonly code: Http2Code;
  readonly serveOpen: boolean;
}

/** What a connection by TLS is shown in the place of the right certificate, or an alert in the place of any. */
export type TlsFailure = 'refuse' | 'expired' | 'wrong_host' | 'untrusted';

interface FailHandshake {
  readonly type: 'fail_handshake';
  readonly how: TlsFailure;
}

/** A pause. */
interface Wait {
  readonly type: 'wait';
  readonly ms: number;
  /** What it lasts for instead: the request has its place in the queue of the service, on which the rest of the reply depends. */
  readonly until?: 'placed';
}

/**
 * The vocabulary of the wire. `wait` sends what was written before it; writes without a wait between them may leave
 * together. `end` finishes the response properly, `close` sends FIN without finishing it, `reset` sends RST once the
 * kernel has taken what was written, `hang` holds the socket until the client leaves. `reset_stream` and `go_away` are of HTTP/2,
 * `fail_handshake` of connections by TLS that are being opened.
 */
export type Effect =
  | Wait
  | Head
  | Write
  | End
  | Close
  | ResetStream
  | GoAway
  | FailHandshake
  | { readonly type: 'reset' }
  | { readonly type: 'hang' };

/** A lazy sequence of effects: nothing is computed before the server asks for it. It can be iterated once. */
export type Reply = Iterable<Effect>;
