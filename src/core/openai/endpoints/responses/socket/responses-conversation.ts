import { tooManyTurns } from '../../../errors/errors.ts';
import type { AskedTurn, SocketAction, SocketConversation } from '../../../wire/socket-protocol.ts';
import { type CreateFrame, readClientFrame } from './client-frame.ts';
import { errorFrame, expiryFrame } from './error-frame.ts';
import { steerFrame } from './steer-frame.ts';

/** Turns of one connection that are under way or wait. What OpenAI allows is not known. */
export const MAX_TURNS = 100;
/** Of all that wait, in characters. */
const MAX_WAITING_MIB = 32;
/** Responses of a connection that are remembered, so that it is known what is steered. */
const MAX_RESPONSES = 100;
/** RFC 6455 §7.4.1. With which code OpenAI closes is unverified. */
const NORMAL_CLOSURE = 1000;

/** The id of the response is the first of an event. */
const RESPONSE_ID = /"response":\{"id":"([^"]*)"/;

interface WaitingTurn {
  readonly frame: CreateFrame;
  readonly at: number;
}

/** Turns that name the same lane run one after the other; so do those that name none (documented). */
interface Lane {
  readonly waiting: WaitingTurn[];
}

/** A response of this connection. */
interface BegunResponse {
  readonly turn: number;
  readonly lane: string | undefined;
  isOver: boolean;
}

/** What is said on one WebSocket of the Responses API (wire-responses.md 7). */
export class ResponsesConversation implements SocketConversation {
  /** Those in which a turn is under way. */
  readonly #lanes = new Map<string | undefined, Lane>();
  /** The lane of each turn that is under way. */
  readonly #running = new Map<number, string | undefined>();
  readonly #responses = new Map<string, BegunResponse>();
  #turns = 0;
  #waiting = 0;
  #waitingLength = 0;
  /** The response that the next turn may go on from, however it is kept. */
  #last: string | undefined;

  get openTurns(): number {
    return this.#running.size + this.#waiting;
  }

  receive(text: string | undefined, at: number): readonly SocketAction[] {
    const frame = readClientFrame(text);
    switch (frame.says) {
      case 'create':
        return this.#create(frame, at);
      case 'steer': {
        const { previous, input } = frame;
        const steered = typeof previous === 'string' ? this.#responses.get(previous) : undefined;
        return [send(steerFrame(previous, input, steered))];
      }
      case 'nothing':
        return [send(errorFrame(frame.error, frame.lane))];
    }
  }

  opened(turn: number, event: string): void {
    const [, response] = RESPONSE_ID.exec(event) ?? [];
    if (response === undefined || this.#responses.has(response)) return;
    this.#responses.set(response, { turn, lane: this.#running.get(turn), isOver: false });
    for (const oldest of this.#responses.keys()) {
      if (this.#responses.size <= MAX_RESPONSES) break;
      this.#responses.delete(oldest);
    }
  }

  /** A turn that failed leaves nothing to go on from (documented). */
  ended(turn: number, isComplete: boolean): readonly SocketAction[] {
    const lane = this.#running.get(turn);
    this.#running.delete(turn);
    this.#last = undefined;
    for (const [id, response] of this.#responses) {
      if (response.turn !== turn) continue;
      response.isOver = true;
      if (isComplete) this.#last = id;
    }
    const next = this.#lanes.get(lane)?.waiting.shift();
    if (next === undefined) {
      this.#lanes.delete(lane);
      return [];
    }
    this.#waiting -= 1;
    this.#waitingLength -= next.frame.body.length;
    return [this.#ask(next)];
  }

  expire(): readonly SocketAction[] {
    return [send(expiryFrame()), { do: 'close', code: NORMAL_CLOSURE, reason: '' }];
  }

  #create(frame: CreateFrame, at: number): readonly SocketAction[] {
    const { lane: name, body } = frame;
    if (this.openTurns >= MAX_TURNS) return [send(errorFrame(tooManyTurns(MAX_TURNS, MAX_WAITING_MIB), name))];
    const lane = this.#lanes.get(name);
    if (lane === undefined) {
      this.#lanes.set(name, { waiting: [] });
      return [this.#ask({ frame, at })];
    }
    if (this.#waiting > 0 && this.#waitingLength + body.length > MAX_WAITING_MIB * 1024 * 1024) {
      return [send(errorFrame(tooManyTurns(MAX_TURNS, MAX_WAITING_MIB), name))];
    }
    lane.waiting.push({ frame, at });
    this.#waiting += 1;
    this.#waitingLength += body.length;
    return [];
  }

  #ask({ frame: { body, lane, previous, generates }, at }: WaitingTurn): SocketAction {
    this.#turns += 1;
    const number = this.#turns;
    this.#running.set(number, lane);
    const continuesLast = previous !== undefined && previous === this.#last;
    const turn: AskedTurn = { number, body, at, lane, continuesLast, generates };
    return { do: 'ask', turn };
  }
}

function send(text: string): SocketAction {
  return { do: 'send', text };
}
