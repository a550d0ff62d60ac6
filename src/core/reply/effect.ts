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

/**
 * The vocabulary of the wire. `end` finishes the response properly, `close` sends FIN without finishing it,
 * `reset` sends RST, `hang` holds the socket until the client leaves.
 */
export type Effect =
  | { readonly type: 'wait'; readonly ms: number }
  | Head
  | { readonly type: 'write'; readonly data: string | Uint8Array }
  | { readonly type: 'end' }
  | { readonly type: 'close' }
  | { readonly type: 'reset' }
  | { readonly type: 'hang' };

/** A lazy sequence of effects: nothing is computed before the server asks for it. It can be iterated once. */
export type Reply = Iterable<Effect>;
