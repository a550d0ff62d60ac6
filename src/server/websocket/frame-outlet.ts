import type { WebSocket } from 'ws';
import type { CloseFrame } from '../../core/wire/effect.ts';
import type { ClientConnection } from '../client-connection.ts';
import { unacknowledged } from '../unacknowledged.ts';

type Callback = () => void;

/** Time a client gets to read what comes before the close frame. */
const READING_MS = 1_000;

/** Where the frames of a connection go out, whichever turn they belong to. Pieces of two messages are never mixed (RFC 6455 §5.4). */
export class FrameOutlet {
  readonly #ws: WebSocket;
  readonly #connection: ClientConnection;
  /** Frames that the kernel has not taken. */
  #unsent = 0;
  #isClosing = false;
  #whenTaken: Callback[] = [];
  readonly #whenBroken = new Set<Callback>();
  /** Whose message has begun and not ended. */
  #speaker: object | undefined;
  /** What others have to say meanwhile. */
  #held: Callback[] = [];

  constructor(ws: WebSocket, connection: ClientConnection) {
    this.#ws = ws;
    this.#connection = connection;
  }

  get isOpen(): boolean {
    return !this.#isClosing && this.#ws.readyState === this.#ws.OPEN && !this.#connection.isDestroyed;
  }

  /** Bytes that the client has not taken. */
  get backlog(): number {
    return this.#ws.bufferedAmount;
  }

  get isTaken(): boolean {
    return this.#unsent === 0;
  }

  /** Sends a piece of a message of the speaker, the last one or one before it. `taken` is called when the kernel has it. */
  send(speaker: object, data: string | Uint8Array, { isLast, taken }: { readonly isLast: boolean; taken?: Callback }): void {
    this.#unsent += 1;
    if (this.#speaker !== undefined && this.#speaker !== speaker) {
      this.#held.push(() => this.#hand(data, true, taken));
      return;
    }
    this.#speaker = isLast ? undefined : speaker;
    this.#hand(data, isLast, taken);
    if (!isLast) return;
    const held = this.#held;
    this.#held = [];
    for (const say of held) say();
  }

  /** Says goodbye and ends the connection, when the kernel has taken what was sent before, or the client does not read it. */
  close({ code, reason }: CloseFrame): void {
    if (!this.isOpen) return;
    this.#isClosing = true;
    this.#connection.endedHow = 'fin';
    let isDone = false;
    const finish = () => {
      if (isDone) return;
      isDone = true;
      clearTimeout(timer);
      this.#ws.close(code, reason);
      this.#connection.end('fin');
    };
    const timer = setTimeout(finish, READING_MS).unref();
    if (this.isTaken) finish();
    else this.whenTaken(finish);
  }

  /** Holds back what is sent until `uncork` is called as often. */
  cork(): void {
    this.#connection.socket.cork();
  }

  uncork(): void {
    this.#connection.socket.uncork();
  }

  /** Calls back when the kernel has taken all that was sent. Returns how to give up. */
  whenTaken(callback: Callback): Callback {
    if (this.#unsent === 0) {
      process.nextTick(callback);
      return () => undefined;
    }
    this.#whenTaken.push(callback);
    return () => void (this.#whenTaken = this.#whenTaken.filter((other) => other !== callback));
  }

  /** Calls back when sending fails. Returns how to stop. */
  whenBroken(callback: Callback): Callback {
    this.#whenBroken.add(callback);
    return () => void this.#whenBroken.delete(callback);
  }

  /** Bytes that the client's kernel has not acknowledged; undefined where the system does not tell. */
  unacknowledged(): Promise<number | undefined> {
    return unacknowledged(this.#connection.socket);
  }

  #hand(data: string | Uint8Array, isLast: boolean, taken: Callback | undefined): void {
    this.#ws.send(data, { binary: false, fin: isLast }, (error) => {
      this.#unsent -= 1;
      if (error == null) taken?.();
      else for (const broken of [...this.#whenBroken]) broken();
      if (this.#unsent > 0) return;
      const waiting = this.#whenTaken;
      this.#whenTaken = [];
      for (const callback of waiting) callback();
    });
  }
}
