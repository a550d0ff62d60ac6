import type { Clock } from '../core/clock.ts';
import type { Protocol } from '../core/wire/protocol.ts';
import type { Incoming, IncomingConnection, Target } from '../exchange/incoming.ts';
import type { PresetOutcome } from '../exchange/prepare.ts';
import type { Exchange } from '../session/exchange.ts';
import type { Connection } from './connection.ts';
import type { ResponseWriter } from './response-writer.ts';

/** Told of the bytes of a body as they come, and of its end. */
export interface BodyListener {
  chunk(bytes: Buffer): void;
  end(): void;
}

/** Port: a request whose head has come. */
export interface ArrivedRequest {
  readonly method?: string | undefined;
  readonly url?: string | undefined;
  readonly headers: Incoming['headers'] | NodeJS.Dict<string | string[]>;
  readonly protocol: Protocol;
  readonly destroyed: boolean;
  /** The stream of HTTP/2; undefined where there is none. */
  readonly streamId?: number;
  /** Hands over the whole body, from now on if nothing of it has come yet. */
  deliver(listener: BodyListener): void;
  /** Lets go of the header fields, which nobody will ask for again. */
  forgetHead(): void;
}

/** Port: a response that the mock itself gives, without a scenario. */
export interface PlainResponse {
  shouldKeepAlive: boolean;
  readonly headersSent: boolean;
  readonly writableCorked: number;
  uncork(): void;
  writeHead(status: number, fields: Record<string, string | number>): unknown;
  end(body: string): unknown;
  destroy(): unknown;
  once(event: 'close', callback: () => void): unknown;
}

/** The right to answer on a connection: where answers leave in the order of their requests, they take turns. */
export interface Turn {
  /** Calls back when every answer before this one is over: at once where there is none. */
  whenReady(callback: () => void): void;
  done(): void;
}

/** Port: a connection as one of its requests sees it before its reply is known. */
export interface RequestConnection extends Connection {
  /** Asks for the next turn. To be called as requests arrive. */
  claim(): Turn;
  /** Ends the turn with the response, or with the connection: a response that never gets the socket does not close. */
  endTurnWith(response: PlainResponse, turn: Turn): void;
  /** What was said of the next request; it holds for one. */
  takePreset(): PresetOutcome | undefined;
  /** The connection as it stands. */
  state(): IncomingConnection;
}

/** Port: a request, and the ways to answer it, whatever the version of HTTP. */
export interface HttpExchange {
  readonly request: ArrivedRequest;
  /** Asked for where the mock itself answers: of some versions of HTTP it is made then. */
  readonly response: PlainResponse;
  readonly connection: RequestConnection;
  readonly target: Target;
  /** Where the reply of a scenario goes. The exchange is told of its head just before it leaves. */
  openWriter(exchange: Pick<Exchange, 'headSent'>, clock: Clock): ResponseWriter;
}
