import type { KnownEntry, LogEntry } from './shared-log.ts';

/** Between two tries to reach the store. */
const PAUSE_MS = 100;
/** What others write comes together: to be woken for each entry costs more than to carry it out. */
const TOGETHER_MS = 2;
/** What follows a batch of this replica is waited for so long, and asked for after that. */
const OFFER_MS = 20;

export interface LogFollowerParts {
  /** Entries after that one; waits until there are some, but not for long. */
  after(n: number): Promise<readonly LogEntry[]>;
  /** Whether a batch is on its way, behind which entries will be offered. */
  isWriting(): boolean;
  /** Carries out an entry; the next one has to wait. */
  apply(entry: LogEntry): Promise<void> | undefined;
  /** The store does not answer. */
  onTrouble(error: unknown): void;
  /** Entries are missing that were never read. */
  onGap(): void;
  /** An entry cannot be carried out as the others do it. No further one is. */
  onParted(error: unknown): void;
}

/** Reads the log from its beginning, and has each entry carried out, in order. */
export class LogFollower {
  readonly #parts: LogFollowerParts;
  #n = 0;
  #storeMs = 0;
  #isOver = false;
  #reached: { readonly n: number; resolve(): void }[] = [];
  /** Entries that wait for one that takes more than a turn. */
  #waiting: LogEntry[] = [];
  #isBusy = false;
  #wake: (() => void) | undefined;

  constructor(parts: LogFollowerParts) {
    this.#parts = parts;
  }

  /** The newest entry that was carried out, or is. */
  get n(): number {
    return this.#n;
  }

  /** The same, and when the store took it. */
  get known(): KnownEntry {
    return { n: this.#n, storeMs: this.#storeMs };
  }

  /** Resolves when the entry of that number was carried out. */
  async reached(n: number): Promise<void> {
    if (this.#n < n) await new Promise<void>((resolve) => this.#reached.push({ n, resolve }));
  }

  /** Goes on until it is ended. */
  async run(): Promise<void> {
    while (!this.#isOver) {
      try {
        await this.#read();
      } catch (error) {
        if (this.#isOver) return;
        this.#parts.onTrouble(error);
        await pause(PAUSE_MS);
      }
    }
  }

  async #read(): Promise<void> {
    const { after, isWriting, onGap } = this.#parts;
    if (isWriting()) await this.#offer();
    if (isWriting()) return;
    const entries = await after(this.#n);
    if ((entries[0]?.n ?? 0) > this.#n + 1) {
      this.end();
      onGap();
    }
    this.take(entries);
    if (entries.length > 0 && this.#reached.length === 0) await pause(TOGETHER_MS);
  }

  /** Carries out entries. Those that are known, and those that do not follow on what is known, are left out. */
  take(entries: readonly LogEntry[]): void {
    this.#wake?.();
    if (this.#isBusy) this.#waiting.push(...entries);
    else this.#carryOut(entries);
  }

  end(): void {
    this.#isOver = true;
    this.#wake?.();
  }

  #carryOut(entries: readonly LogEntry[]): void {
    for (const [at, entry] of entries.entries()) {
      if (entry.n !== this.#n + 1 || this.#isOver) continue;
      const later = this.#apply(entry);
      if (later === undefined) continue;
      this.#isBusy = true;
      this.#waiting.push(...entries.slice(at + 1));
      void later.then(() => this.#goOn());
      return;
    }
  }

  #goOn(): void {
    this.#isBusy = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    this.#carryOut(waiting);
  }

  #apply(entry: LogEntry): Promise<void> | undefined {
    this.#n = entry.n;
    this.#storeMs = entry.storeMs;
    try {
      const later = this.#parts.apply(entry);
      if (later !== undefined)
        return later.then(
          () => this.#done(entry),
          (error: unknown) => this.#part(error),
        );
      this.#done(entry);
    } catch (error) {
      this.#part(error);
    }
    return undefined;
  }

  #part(error: unknown): void {
    this.end();
    this.#parts.onParted(error);
  }

  #done({ n: done }: LogEntry): void {
    if (this.#reached.length === 0) return;
    const reached = this.#reached.filter(({ n }) => n <= done);
    this.#reached = this.#reached.filter(({ n }) => n > done);
    for (const { resolve } of reached) resolve();
  }

  async #offer(): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      timer = setTimeout(resolve, OFFER_MS);
    });
    this.#wake = undefined;
    clearTimeout(timer);
  }
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
