/** One header field, in the order and the casing in which it goes on the wire. */
export type Header = readonly [name: string, value: string];

/** The head of a response. `transfer-encoding` and `connection` are adapted to the client's HTTP version by the server. */
export interface Head {
  readonly type: 'head';
  readonly status: number;
  readonly headers: readonly Header[];
  /** `error.code` of the body that follows, for the journal. */
  readonly errorCode?: string | number | null;
}

/** What an event of a stream says: who speaks, a piece of the answer, that it is over, what it cost, an error, `[DONE]`. */
export type EventKind = 'opening' | 'content' | 'finish' | 'usage' | 'error' | 'done';

/** Bytes of the body. */
export interface Write {
  readonly type: 'write';
  readonly data: string | Uint8Array;
  /** The events of a stream that end with these bytes, in order. */
  readonly events?: readonly EventKind[];
}

/**
 * The vocabulary of the wire. `end` finishes the response properly, `close` sends FIN without finishing it,
 * `reset` sends RST, `hang` holds the socket until the client leaves.
 */
export type Effect =
  | { readonly type: 'wait'; readonly ms: number }
  | Head
  | Write
  | { readonly type: 'end' }
  | { readonly type: 'close' }
  | { readonly type: 'reset' }
  | { readonly type: 'hang' };

/** A lazy sequence of effects: nothing is computed before the server asks for it. It can be iterated once. */
export type Reply = Iterable<Effect>;
