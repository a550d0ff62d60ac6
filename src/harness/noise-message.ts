/** How long there is to be noise beside the clients, in milliseconds, and from when on, on the machine's clock. */
export interface NoiseSpan {
  readonly zeroAt: number;
  readonly forMs: number;
}

/** What goes to a process that makes noise. */
export type ToNoise = ({ readonly type: 'begin' } & NoiseSpan) | { readonly type: 'stop' };

/** What comes back: that it can begin, and that nothing more is sent. */
export type FromNoise<End extends NoiseEnd = NoiseEnd> = { readonly type: 'ready' } | End;

export interface NoiseEnd {
  readonly type: 'finished';
}
