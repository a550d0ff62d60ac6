import type { EventKind, Write } from '../../wire/effect.ts';

/** An error as a stream reports it, after its head. */
export interface StreamError {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | number | null;
}

/** How an endpoint writes a stream, where that differs between families. */
export interface StreamGrammar {
  /** The event that tells a client that the answer is complete. */
  readonly completion: EventKind;
  /** What ends each stream after its last event, where the family has such a thing. */
  readonly sentinel: Write | undefined;
  /** Something that follows one stream, and knows how to go on at any place of it. */
  follow(): StreamFollower;
}

/** Follows one stream: what it writes depends on what was sent before. */
export interface StreamFollower {
  /** Takes note of what was sent. */
  note(write: Write): void;
  /** The events that report an error in place of the rest of the answer. */
  error(error: StreamError): readonly Write[];
}
