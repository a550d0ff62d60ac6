import type { CloseFrame } from '../../wire/effect.ts';

/** How an endpoint speaks over a WebSocket: the texts of its frames, and what the frames of a client ask for. */
export interface SocketProtocol {
  /** Milliseconds that a connection lasts at most. */
  readonly longestMs: number;
  /** What is said on one connection. */
  open(): SocketConversation;
  /** An answer that is no stream of events, as the text of a frame. Header names are lower-case. */
  frameOf(answer: WholeAnswer): string;
  /** The data of an event as the text of a frame, in the lane that its request named. */
  inLane(data: string, lane: string): string;
}

/** An answer in one piece. */
interface WholeAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** What is said on one connection. It knows no socket and no clock: what happens is told, and what is to be done returned. */
export interface SocketConversation {
  /** A frame has come at that time; undefined for one that is no text. Times are the caller's. */
  receive(text: string | undefined, at: number): readonly SocketAction[];
  /** The answer of a turn has begun, with this event. */
  opened(turn: number, event: string): void;
  /** A turn is over. `isComplete`: its response came to its end, and is none that failed. */
  ended(turn: number, isComplete: boolean): readonly SocketAction[];
  /** The connection has lasted as long as it may. */
  expire(): readonly SocketAction[];
  /** Turns that are under way or wait. */
  readonly openTurns: number;
}

/** What is to be done on a connection. */
export type SocketAction =
  | { readonly do: 'send'; readonly text: string }
  | { readonly do: 'ask'; readonly turn: AskedTurn }
  | ({ readonly do: 'close' } & CloseFrame);

/** A request that a frame made, whose turn has come. */
export interface AskedTurn {
  /** 1, 2, 3 … on its connection. */
  readonly number: number;
  /** The same request as a body of HTTP. */
  readonly body: string;
  /** When its frame came. */
  readonly at: number;
  readonly lane: string | undefined;
  /** It goes on from the last response of the connection, which may be kept nowhere else. */
  readonly continuesLast: boolean;
  /** Without it the response is prepared, and says nothing. */
  readonly generates: boolean;
}
