import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import type { AskedTurn, SocketAction, SocketConversation, SocketProtocol } from '../../core/openai/wire/socket-protocol.ts';
import type { Step } from '../../core/plan/compile.ts';
import { messageOf } from '../../core/text/message-of.ts';
import type { Target } from '../../exchange/incoming.ts';
import type { Exchange } from '../../session/exchange.ts';
import { SessionsFullError } from '../../session/sessions-full-error.ts';
import { StateUnavailableError } from '../../session/state-unavailable-error.ts';
import type { ClientConnection } from '../client-connection.ts';
import type { SessionPort } from '../engine-port.ts';
import { runReply } from '../reply-runner.ts';
import type { Alarm, Wakeable } from '../timing/timer-wheel.ts';
import { decideRequest } from './decide-request.ts';
import { FrameOutlet } from './frame-outlet.ts';
import { FrameWriter } from './frame-writer.ts';
import type { SocketContext } from './socket-context.ts';
import { type HandshakeFacts, turnRequest } from './turn-request.ts';

/** Bytes of frames that belong to no turn, and of pongs, that a client may leave unread. */
const MAX_UNREAD_BYTES = 1024 * 1024;
/** RFC 6455 §7.4.1. */
const GOING_AWAY = 1001;
const INTERNAL_ERROR = 1011;
/** RFC 6455 has its registry, which IANA keeps. */
const TRY_AGAIN_LATER = 1013;
/** A reason has room for so many characters of ASCII. */
const LONGEST_REASON = 123;

export interface ServedSocketParts {
  readonly ws: WebSocket;
  readonly connection: ClientConnection;
  readonly protocol: SocketProtocol;
  readonly target: Target;
  readonly handshake: HandshakeFacts;
  /** The faults that `x-mock-fault` of the handshake asks for, for each turn. */
  readonly forced: Step | undefined;
  readonly context: SocketContext;
}

/** One WebSocket: its frames become requests, and their answers frames. */
export class ServedSocket implements Wakeable {
  /** Stands for the connection among those of all processes. */
  readonly #name = randomUUID();
  readonly #parts: ServedSocketParts;
  readonly #conversation: SocketConversation;
  readonly #outlet: FrameOutlet;
  readonly #openedAt: number;
  readonly #alarm: Alarm;
  #isLeaving = false;

  constructor(parts: ServedSocketParts, closed: () => void) {
    const { ws, connection, protocol, context } = parts;
    const { engine, alarms } = context;
    this.#parts = parts;
    this.#conversation = protocol.open();
    this.#outlet = new FrameOutlet(ws, connection);
    this.#openedAt = engine.clock.now();
    this.#alarm = alarms.set(this.#openedAt + protocol.longestMs, this);
    ws.on('message', (data, isBinary) => this.#receive(isBinary ? undefined : String(data)));
    ws.on('ping', (data) => {
      if (connection.socket.writableLength < MAX_UNREAD_BYTES) ws.pong(data);
    });
    // What was wrong is said in the close frame (RFC 6455 §7.4.1).
    ws.on('error', () => undefined);
    ws.on('close', () => {
      this.#alarm.cancel(this);
      closed();
    });
  }

  /** The time of the connection is over. */
  awaken(): void {
    if (this.#outlet.isOpen) this.#act(this.#conversation.expire());
  }

  /** Takes no more turns, and closes when those under way are over. */
  leave(): void {
    this.#isLeaving = true;
    if (this.#conversation.openTurns === 0) this.#outlet.close({ code: GOING_AWAY, reason: '' });
  }

  /** Ends the connection at once. */
  cut(): void {
    const { connection } = this.#parts;
    connection.endedHow ??= 'fin';
    connection.socket.destroy();
  }

  #receive(text: string | undefined): void {
    const { clock } = this.#parts.context.engine;
    const now = clock.now();
    // We have said goodbye: nothing is answered any more (RFC 6455 §5.5.1).
    if (this.#isLeaving || !this.#outlet.isOpen || this.#parts.connection.endedHow !== undefined) return;
    if (now - this.#openedAt >= this.#parts.protocol.longestMs) this.#act(this.#conversation.expire());
    else this.#act(this.#conversation.receive(text, now));
  }

  #act(actions: readonly SocketAction[]): void {
    for (const action of actions) {
      switch (action.do) {
        case 'send':
          this.#tell(action.text);
          break;
        case 'close':
          this.#outlet.close(action);
          break;
        case 'ask':
          this.#ask(action.turn);
      }
    }
  }

  /** Says what belongs to no turn. A client that reads none of it is cut off. */
  #tell(text: string): void {
    this.#outlet.send(this, text, { isLast: true });
    if (this.#outlet.backlog > MAX_UNREAD_BYTES) this.#parts.connection.end('reset');
  }

  #ask(turn: AskedTurn): void {
    const { connection, context, target, handshake, forced } = this.#parts;
    const { engine } = context;
    let session: SessionPort;
    try {
      session = engine.session(target.session);
    } catch (error) {
      this.#fail(error);
      return;
    }
    connection.requests += 1;
    session.begin();
    const incoming = turnRequest(turn, handshake, {
      socket: this.#name,
      connection: connection.state(),
      maxBytes: session.maxBodyBytes,
    });
    const preset = connection.takePreset();
    // The turn before this one is over by then.
    Promise.resolve()
      .then(() => decideRequest(session, incoming, { path: target.path, call: target.call, forced, preset }))
      .then((exchange) => this.#answer(turn, exchange))
      .catch((error: unknown) => this.#fail(error));
  }

  #answer({ number, lane }: AskedTurn, exchange: Exchange): void {
    const { connection, protocol, context } = this.#parts;
    const { engine, batch, alarms } = context;
    const { clock } = engine;
    const opened = (event: string) => this.#conversation.opened(number, event);
    const writer = new FrameWriter({ outlet: this.#outlet, protocol, lane, clock, opened }, exchange);
    runReply(exchange, { writer, connection, batch, alarms, clock }, (performed, failure) => {
      writer.release();
      const actions = this.#conversation.ended(number, writer.isComplete);
      const goesOn = this.#outlet.isOpen && connection.endedHow === undefined && failure === undefined;
      // What waits for this turn is under way before it is over.
      if (goesOn && !this.#isLeaving) this.#act(actions);
      exchange.finished(performed);
      if (failure !== undefined) this.#fail(failure);
      else if (this.#isLeaving) this.leave();
    });
  }

  /** The mock cannot go on: for want of room, or by a fault of its own. */
  #fail(error: unknown): void {
    const isPassing = error instanceof SessionsFullError || error instanceof StateUnavailableError;
    if (!isPassing) this.#parts.context.onFailure(error);
    const reason = `mock-openai: ${messageOf(error)}`.replace(/[^\x20-\x7e]/g, '?').slice(0, LONGEST_REASON);
    this.#outlet.close({ code: isPassing ? TRY_AGAIN_LATER : INTERNAL_ERROR, reason });
  }
}
