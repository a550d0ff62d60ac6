import type { EventKind } from '../../wire/effect.ts';

/**
 * What a session keeps of responses and conversations between requests. All of it is plain data: it travels between
 * processes, and a store outside of them can hold it.
 */

/** A response as it is kept. */
export interface StoredResponse {
  readonly id: string;
  /** The finished response, as the JSON that was sent of it: a body in one piece, or the last event of a stream without `billing`. */
  readonly text: string;
  /** `previous_response_id` of its request. */
  readonly previous: string | undefined;
  readonly context: TurnContext;
  /** How it comes about, when it is in the background. */
  readonly background: BackgroundRun | undefined;
  /** The connection that alone can go on from it, where it was not to be stored; undefined where everybody can ask for it. */
  readonly holder?: string;
}

/** What the next turn begins with. */
export interface TurnContext {
  /** Tokens of everything that was said. */
  readonly tokens: number;
  /** The `call_id`s of calls that have no output yet. */
  readonly openCalls: readonly string[];
}

/** A response that is worked on in the background. Times in milliseconds of the engine's clock. */
export interface BackgroundRun {
  /** Until then it is queued. */
  readonly beginsAt: number;
  /** From then on it is finished. */
  readonly endsAt: number;
  /** It was cancelled before it was finished. */
  readonly isCancelled: boolean;
  /** The response as it was when nothing of it was there, as JSON on one line; its status is `queued`. */
  readonly begun: string;
  /** The events of its stream; empty where no stream was asked for. */
  readonly events: readonly StoredEvent[];
}

/** An event of a stream, in the order of their sequence numbers. */
export interface StoredEvent {
  readonly data: string;
  readonly kind: EventKind;
  /** When it is there, in milliseconds of the engine's clock. */
  readonly at: number;
}

/** A response as it is found, with the input that its request had. */
export interface FoundResponse {
  readonly response: StoredResponse;
  /** `input` of its request, and those of the requests before it in the chain, with the outputs between them. */
  readonly turns: readonly FoundTurn[];
}

/** One turn of a chain, the earliest first. */
export interface FoundTurn {
  /** `input` as it was sent. */
  readonly input: unknown;
  readonly id: string;
  /** The response that answered it, as JSON; undefined for the one that was asked for. */
  readonly answer: string | undefined;
}

/** An item of a conversation, as it is shown. */
export type StoredItem = Readonly<Record<string, unknown>> & { readonly id: string };

export interface StoredConversation {
  readonly id: string;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  readonly metadata: Readonly<Record<string, string>>;
  /** The earliest first. */
  readonly items: readonly StoredItem[];
  readonly context: TurnContext;
}
