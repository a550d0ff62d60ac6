import type { EventKind, Write } from '../../wire/effect.ts';

/** An error as a stream reports it, after its head. */
export interface StreamError {
  readonly message: string;
  readonly type: string | null;
  readonly param: string | null;
  readonly code: string | number | null;
}

/**
 * What streams of some families have, and others do not: events that say why an answer ended, that the whole answer failed,
 * that it is incomplete, that the service is still at work.
 */
export type StreamFeature = 'finish reason' | 'failure' | 'incompletion' | 'keepalive';

/** How an endpoint writes a stream, where that differs between families. */
export interface StreamGrammar {
  /** The event that tells a client that the answer is complete. */
  readonly completion: EventKind;
  /** Without that event a client cannot tell whether the answer is complete: the stream was cut. */
  readonly needsCompletion: boolean;
  readonly features: readonly StreamFeature[];
  /** The event that tells what the answer cost, by the fields of its request; undefined where none does. */
  usageEvent(fields: Readonly<Record<string, unknown>>): EventKind | undefined;
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
  /** With `failure`: the event that says that the answer failed, in place of the rest. */
  failure?(error: { readonly code: string; readonly message: string }): readonly Write[];
  /** With `incompletion`: the events that end what has begun, and the answer with it. `completion` would have ended it. */
  incompletion?(reason: string, completion: Write | undefined): readonly Write[];
  /** With `keepalive`: the event that says nothing but that the service is at work. */
  keepalive?(): Write;
  /** With `keepalive`: an event as it is when so many came before it that were not planned. */
  postponed?(write: Write, events: number): Write;
}
