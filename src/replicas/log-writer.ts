import type { ReplicaMessage } from './replica-message.ts';
import type { Added, Batch, LostLog } from './shared-log.ts';

/** A request is refused when it is not decided within this time. */
export const PATIENCE_MS = 2_000;
/** The store may take it as late as that; a moment later it is refused. Longer than clocks differ, and than its word takes to come. */
const MARGIN_MS = 300;
/** Between two tries to reach the store. */
const PAUSE_MS = 100;
/** Where others write, too, batches begin so far apart for each message of the last one: where many come, many more will. */
const TOGETHER_MS = 1;
/** The same, at most: so long a request waits longer. */
const MOST_TOGETHER_MS = 10;
/** How often it is looked at how long questions wait. */
const LOOK_MS = 50;

export interface LogWriterParts {
  /** What of `Batch` does not change between two batches. */
  readonly as: { readonly run: string; readonly replica: string };
  readonly clock: { readonly storeNow: number };
  add(batch: Omit<Batch, 'known'>, messages: readonly ReplicaMessage[]): Promise<Added>;
  /** Milliseconds, monotonic. */
  now(): number;
  /** Whether others write, too. Then each entry is read by all: what comes within a moment goes with one. */
  hasOthers(): boolean;
  /** The question of that number is not answered in time: it is not in the log, or will be taken back. */
  onSilence(ref: number): void;
  /** The store answers. */
  onStored(): void;
  /** The store does not answer, or says that it cannot; told for each try. */
  onTrouble(error: unknown): void;
  /** The log is another one, or this replica is taken for dead: nothing can be written any more. */
  onLost(why: LostLog): void;
}

/** Writes what a replica has to say into the log: each batch once, in order, however often the connection breaks. */
export class LogWriter {
  readonly #parts: LogWriterParts;
  #waiting: ReplicaMessage[] = [];
  #scenario: string | undefined;
  /** Questions that wait for their answers, by number: since when. */
  readonly #asked = new Map<number, number>();
  #batches = 0;
  #beganAt = Number.NEGATIVE_INFINITY;
  #lastSize = 0;
  #isWriting = false;
  #isOver = false;
  #looks: NodeJS.Timeout | undefined;
  #idle: (() => void)[] = [];

  constructor(parts: LogWriterParts) {
    this.#parts = parts;
  }

  /** Whether a batch is on its way, or waits for its turn. */
  get isWriting(): boolean {
    return this.#isWriting;
  }

  /** Adds messages to what goes next. `scenario`: the hash of the one that they bring. */
  write(messages: readonly ReplicaMessage[], scenario?: string): void {
    for (const message of messages) {
      const ref = questionIn(message);
      if (this.#isOver) {
        if (ref !== undefined) this.#parts.onSilence(ref);
        continue;
      }
      if (ref !== undefined) this.#asked.set(ref, this.#parts.now());
      this.#waiting.push(message);
    }
    if (this.#isOver) return;
    if (scenario !== undefined) this.#scenario = scenario;
    if (this.#asked.size > 0) this.#looks ??= setInterval(() => this.#look(), LOOK_MS).unref();
    if (!this.#isWriting) void this.#drain();
  }

  /** The question was answered: after so many milliseconds, undefined where nobody waits for it any more. */
  answered(ref: number): number | undefined {
    const at = this.#asked.get(ref);
    this.#asked.delete(ref);
    return at === undefined ? undefined : this.#parts.now() - at;
  }

  /** Resolves when all is written. */
  async written(): Promise<void> {
    if (this.#isWriting) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  /** Writes nothing any more: what waits for an answer gets none. */
  end(): void {
    this.#isOver = true;
    clearInterval(this.#looks);
    const asked = [...this.#asked.keys()];
    this.#asked.clear();
    for (const ref of asked) this.#parts.onSilence(ref);
    this.#done();
  }

  async #drain(): Promise<void> {
    this.#isWriting = true;
    while (this.#waiting.length > 0 && !this.#isOver) {
      const leftMs = this.#gatheringMs();
      if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
      this.#beganAt = this.#parts.now();
      const messages = this.#waiting;
      const scenario = this.#scenario;
      this.#lastSize = messages.length;
      this.#waiting = [];
      this.#scenario = undefined;
      this.#batches += 1;
      await this.#add(messages, scenario);
    }
    this.#isWriting = false;
    this.#done();
  }

  /** How long it is until the next batch begins: most requests of a moment are to be in one. */
  #gatheringMs(): number {
    const { hasOthers, now } = this.#parts;
    return hasOthers() ? this.#beganAt + Math.min(MOST_TOGETHER_MS, TOGETHER_MS * this.#lastSize) - now() : 0;
  }

  #done(): void {
    const idle = this.#idle;
    this.#idle = [];
    for (const resolve of idle) resolve();
  }

  async #add(messages: readonly ReplicaMessage[], scenario: string | undefined): Promise<void> {
    const { add, as, onStored, onTrouble, onLost } = this.#parts;
    while (!this.#isOver) {
      // What was refused meanwhile is left out. Where the store has the whole batch already, it keeps that.
      const good = messages.filter((message) => this.#isGood(message));
      try {
        const added = await add({ ...as, batch: this.#batches, until: this.#until(good), scenario }, good);
        if (added === 'other run' || added === 'gap' || added === 'no member') return onLost(added);
        onStored();
        if (added !== 'late') return;
        this.#look();
      } catch (error) {
        onTrouble(error);
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }

  #isGood(message: ReplicaMessage): boolean {
    const ref = questionIn(message);
    return ref === undefined || this.#asked.has(ref);
  }

  /** When the first of the questions among them is refused, on the store's clock; 0 where there are none. */
  #until(messages: readonly ReplicaMessage[]): number {
    let oldest: number | undefined;
    for (const message of messages) {
      const ref = questionIn(message);
      const at = ref === undefined ? undefined : this.#asked.get(ref);
      if (at !== undefined && (oldest === undefined || at < oldest)) oldest = at;
    }
    const { clock, now } = this.#parts;
    return oldest === undefined ? 0 : oldest - now() + PATIENCE_MS + clock.storeNow;
  }

  #look(): void {
    const before = this.#parts.now() - PATIENCE_MS - MARGIN_MS;
    for (const [ref, at] of this.#asked) {
      if (at > before) break;
      this.#asked.delete(ref);
      this.#parts.onSilence(ref);
    }
    if (this.#asked.size > 0) return;
    clearInterval(this.#looks);
    this.#looks = undefined;
  }
}

/** The number of a message that waits for an answer. */
function questionIn(message: ReplicaMessage): number | undefined {
  switch (message.kind) {
    case 'decide':
    case 'decide early':
    case 'place':
    case 'admin order':
    case 'ask all':
      return message.ref;
    default:
      return undefined;
  }
}
