import type { Clock } from '../core/clock.ts';
import type { CloseFrame, Effect, End, Pace } from '../core/wire/effect.ts';
import type { Http2Code } from '../core/wire/http2-code.ts';
import type { Performed } from '../exchange/performed.ts';
import type { Exchange } from '../session/exchange.ts';
import type { Batch } from './batch.ts';
import type { Connection } from './connection.ts';
import type { ResponseWriter } from './response-writer.ts';
import type { Alarm, TimerWheel, Wakeable } from './timing/timer-wheel.ts';

/** Where a reply goes, and what it waits with. */
export interface ReplyTarget {
  readonly writer: ResponseWriter;
  readonly connection: Connection;
  readonly batch: Pick<Batch, 'defer'>;
  readonly alarms: Pick<TimerWheel, 'set'>;
  readonly clock: Clock;
}

/** Told what became of a reply, and what the mock itself did wrong, if anything. */
type Over = (performed: Performed, failure: unknown) => void;

/** Bytes that may wait for the client before the writer waits too. */
const HIGH_WATER_BYTES = 64 * 1024;

/** So much fits into the receive buffer of any client's kernel. */
const SURELY_SENT_BYTES = 32 * 1024;

/** Time for the client to read what came before a reset: a client that learns of the reset first may throw it away. */
const SETTLE_MS = 30;

/** A timer that fires too late by no more than this shortens the next wait, so that a stream keeps its pace. */
const LATE_MS = 50;

/** Carries out the reply of an exchange, effect by effect, and calls back once. Stops when the client leaves. */
export function runReply(exchange: Exchange, ends: ReplyTarget, over: Over): void {
  new ReplyRunner(exchange, ends, over).begin();
}

class ReplyRunner implements Wakeable {
  readonly #exchange: Exchange;
  readonly #target: ReplyTarget;
  readonly #onFinished: Over;
  readonly #writer: ResponseWriter;
  #effects: Iterator<Effect> | undefined;
  #clientCloseAt: number | null = null;
  #closedBy: Performed['closedBy'] = null;
  #closedHow: Performed['closedHow'] = null;
  #resetCode: Performed['resetCode'] = null;
  #complete = false;
  /** When the last wait was to end. */
  #dueAt = 0;
  #alarm: Alarm | undefined;
  /** Something is waited for. */
  #waits = false;
  /** Goes on after it. */
  #wake: (() => void) | undefined;
  /** Gives up waiting. */
  #stop: (() => void) | undefined;
  readonly #closed = (): void => {
    if (!this.over && !this.#writer.isFinished) this.#clientClosed();
    this.#alarm?.cancel(this);
    const stop = this.#stop;
    this.#stop = undefined;
    stop?.();
    this.#awaken();
  };

  constructor(exchange: Exchange, ends: ReplyTarget, over: Over) {
    this.#exchange = exchange;
    this.#target = ends;
    this.#onFinished = over;
    this.#writer = ends.writer;
  }

  /** The exchange is over, one way or another. */
  get over(): boolean {
    return this.#complete || this.#closedBy !== null;
  }

  begin(): void {
    const { connection } = this.#target;
    this.#writer.onError(this.#closed);
    connection.follow(this.#closed);
    if (this.#writer.isDestroyed || connection.isDestroyed || connection.endedHow !== undefined) this.#closed();
    this.#effects = this.#exchange.takeReply()[Symbol.iterator]();
    this.#run();
  }

  /** Carries out effects until one has to wait; the end of the wait runs it again. */
  readonly #run = (): void => {
    let failure: unknown;
    this.#waits = false;
    try {
      while (!this.over) {
        const next = this.#effects?.next();
        if (next === undefined || next.done === true) break;
        const effect = next.value;
        this.#carryOut(effect);
        if (!this.#waits) continue;
        if (effect.type !== 'end') this.#exchange.waits();
        return;
      }
    } catch (error) {
      failure = error;
    }
    this.#finish(failure);
  };

  #carryOut(effect: Effect): void {
    switch (effect.type) {
      case 'wait':
        if (effect.until === undefined) this.#wait(effect.ms);
        else this.#awaits(this.#untilPlaced());
        break;
      case 'head':
        this.#writer.head(effect);
        if (effect.pace !== undefined) this.#awaits(this.#dribble(effect.pace));
        break;
      case 'write':
        this.#writer.write(effect);
        if (this.#writer.backlog > HIGH_WATER_BYTES) this.#awaits(this.#drained());
        break;
      case 'end':
        this.#end(effect);
        break;
      case 'close':
        this.#awaits(this.#close('fin', effect.saying));
        break;
      case 'reset':
        this.#awaits(this.#close('reset'));
        break;
      case 'reset_stream':
        this.#awaits(this.#resetStream(effect.code));
        break;
      case 'go_away':
        this.#goAway(effect.code, effect.serveOpen);
        break;
      case 'fail_handshake':
        throw new Error('the handshake of a connection that has a request is over');
      case 'hang':
        this.#writer.flush();
        // Nothing of the reply is held while the client is waited for.
        this.#releaseWaits();
        this.#pause(this.#run, undefined);
    }
  }

  #finish(failure: unknown): void {
    this.#releaseWaits();
    this.#target.connection.unfollow(this.#closed);
    const { lastByteAt, taken } = this.#writer;
    const { bytesOut, chunksOut, eventsOut } = taken;
    const clientCloseAt = this.#clientCloseAt;
    const closedBy = this.#closedBy;
    const closedHow = this.#closedHow;
    const resetCode = this.#resetCode;
    const performed = { lastByteAt, clientCloseAt, closedBy, closedHow, resetCode, bytesOut, chunksOut, eventsOut };
    const isCut = closedBy === 'server' && this.#target.connection.isCut;
    this.#onFinished(isCut ? { ...performed, isCut } : performed, failure);
  }

  /** Asks for no more effects. */
  #releaseWaits(): void {
    this.#effects?.return?.();
    this.#effects = undefined;
  }

  #wait(ms: number): void {
    this.#writer.flush();
    if (this.over) return;
    const now = this.#target.clock.now();
    this.#dueAt = (now - this.#dueAt < LATE_MS ? this.#dueAt : now) + ms;
    this.#alarm = this.#target.alarms.set(this.#dueAt, this);
    this.#pause(this.#run, undefined);
  }

  async #untilPlaced(): Promise<void> {
    this.#writer.flush();
    await this.#until((wake) => {
      void (this.#exchange.placed ?? Promise.resolve()).then(wake);
      return () => undefined;
    });
  }

  /** Sends the head a few bytes at a time. */
  async #dribble({ bytes, everyMs }: Pace): Promise<void> {
    const head = this.#writer.takeHead();
    for (let at = 0; at < head.length && !this.over; at += bytes) {
      if (at > 0) await this.#sleep(everyMs);
      if (!this.over) this.#writer.send(head.subarray(at, at + bytes));
    }
  }

  /** Waits until the client has taken what was written, and lets others go first however quickly it takes it. */
  async #drained(): Promise<void> {
    this.#writer.flush();
    await this.#until((wake) => {
      const turn = setImmediate(wake);
      return () => clearImmediate(turn);
    });
    await this.#until((wake) => this.#writer.whenDrained(wake));
  }

  #end({ next }: End): void {
    const { batch, connection } = this.#target;
    // Before the client can send its next request.
    if (next !== undefined) connection.presetNext({ ...this.#exchange.chosen, reply: next });
    if (this.#writer.isWhole) {
      batch.defer(() => this.#depart());
      this.#pause(this.#run, undefined);
    } else if (this.#writer.end()) this.#completed();
    else this.#untilTaken();
  }

  /** Sends an answer that was held back until it was whole. */
  #depart(): void {
    // The client may have left in the meantime.
    if (this.over) return;
    if (this.#writer.end()) {
      this.#completed();
      this.#awaken();
    } else this.#untilTaken();
  }

  /** Goes on when the kernel has taken the answer. */
  #untilTaken(): void {
    const stop = this.#writer.whenFinished(this.#awaken);
    this.#pause(() => {
      if (this.#closedBy === null) this.#completed();
      this.#run();
    }, stop);
  }

  #completed(): void {
    this.#complete = true;
    this.#writer.completed();
    // What the client sent behind this request will not be answered.
    if (this.#writer.closes) this.#target.connection.endedHow ??= 'fin';
  }

  /** Ends the connection from our side, the answer unfinished, once the kernel has taken what was written. */
  async #close(how: 'fin' | 'reset', saying?: CloseFrame): Promise<void> {
    const { connection } = this.#target;
    this.#writer.flush();
    if (this.#writer.hasHead) {
      await this.#until((wake) => {
        this.#writer.whenTaken(wake);
        return () => undefined;
      });
      if (how === 'reset') await this.#settled();
    }
    if (this.over) return;
    this.#closedBy = 'server';
    this.#closedHow = how;
    if (saying !== undefined) this.#writer.sayGoodbye?.(saying);
    connection.end(how);
  }

  /** Ends the stream from our side, once what was written is on its way. */
  async #resetStream(code: Http2Code): Promise<void> {
    const { connection } = this.#target;
    if (connection.resetStream === undefined) throw new Error('a connection without streams cannot reset one');
    this.#writer.flush();
    if (this.#writer.hasHead) {
      await this.#until((wake) => {
        this.#writer.whenTaken(wake);
        return () => undefined;
      });
      // A client that reads the reset together with the answer may throw the answer away.
      await this.#sleep(SETTLE_MS);
    }
    if (this.over) return;
    this.#closedBy = 'server';
    this.#closedHow = 'rst_stream';
    this.#resetCode = code;
    connection.resetStream(code);
  }

  /** The reply goes on where open streams are served. */
  #goAway(code: Http2Code, serveOpen: boolean): void {
    const { connection } = this.#target;
    if (connection.goAway === undefined) throw new Error('a connection without streams cannot refuse them');
    if (!serveOpen) {
      this.#closedBy = 'server';
      this.#closedHow = 'go_away';
    }
    connection.goAway(code, { serveOpen });
  }

  /** The connection is gone, or the stream. */
  #clientClosed(): void {
    const { connection, clock } = this.#target;
    this.#resetCode = connection.resetCode ?? null;
    this.#closedBy = connection.endedHow === undefined ? 'client' : 'server';
    this.#closedHow = connection.endedHow ?? (this.#resetCode !== null ? 'rst_stream' : connection.clientEnded ? 'fin' : 'reset');
    if (this.#closedBy === 'client') this.#clientCloseAt = clock.now();
  }

  /** Waits until the client's kernel has what was written: what is still in ours, a reset throws away. */
  async #settled(): Promise<void> {
    if (this.#writer.written.bytesOut > SURELY_SENT_BYTES) {
      while (!this.over && ((await this.#writer.unacknowledged()) ?? 0) > 0) await this.#sleep(SETTLE_MS);
    }
    await this.#sleep(SETTLE_MS);
  }

  #sleep(ms: number): Promise<void> {
    return this.#until((wake) => {
      const timer = setTimeout(wake, ms);
      return () => clearTimeout(timer);
    });
  }

  /** Sleeps until `start`'s callback is called or the connection is gone. */
  #until(start: (wake: () => void) => (() => void) | undefined): Promise<void> {
    const stop = this.over ? undefined : start(this.#awaken);
    return stop === undefined ? Promise.resolve() : new Promise((resolve) => this.#pause(resolve, stop));
  }

  /** Goes on with the effects when the steps are done. */
  #awaits(steps: Promise<void>): void {
    this.#waits = true;
    steps.then(this.#run, (error) => this.#finish(error));
  }

  #pause(wake: () => void, stop: (() => void) | undefined): void {
    if (this.over) return;
    this.#waits = true;
    this.#wake = wake;
    this.#stop = stop;
  }

  /** The time that was waited for has come. */
  awaken(): void {
    this.#alarm = undefined;
    this.#awaken();
  }

  /** What was waited for has come. */
  readonly #awaken = (): void => {
    const wake = this.#wake;
    this.#wake = undefined;
    this.#stop = undefined;
    wake?.();
  };
}
