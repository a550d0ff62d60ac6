import { type Beat, LEASE_MS, type LostLog } from './shared-log.ts';

/** How often a replica tells that it lives. */
const BEAT_MS = 1_000;
/** A replica is dead whose lease is over at so many looks, one after the other: after a pause of the store, all are late once. */
const LOOKS = 3;

export interface LeasesParts {
  readonly replica: string;
  beat(): Promise<Beat | LostLog>;
  /** Takes a replica out that is dead. */
  takeOut(replica: string): Promise<void>;
  /** The store was looked at: when it was asked, what it said, and when that was heard. */
  onBeat(askedAt: number, beat: Beat, heardAt: number): void;
  onLost(why: LostLog): void;
  onTrouble(error: unknown): void;
  /** Milliseconds, monotonic. */
  now(): number;
}

/** Tells that this replica lives, and finds out which others do not any more. */
export class Leases {
  readonly #parts: LeasesParts;
  readonly #late = new Map<string, number>();
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  constructor(parts: LeasesParts) {
    this.#parts = parts;
  }

  begin(): void {
    this.#timer = setTimeout(() => void this.#beat(), BEAT_MS);
    this.#timer.unref();
  }

  end(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }

  async #beat(): Promise<void> {
    const { beat, now, onBeat, onLost, onTrouble } = this.#parts;
    const askedAt = now();
    try {
      const heard = await beat();
      if (this.#isOver) return;
      if (typeof heard === 'string') return onLost(heard);
      onBeat(askedAt, heard, now());
      if (now() - askedAt > BEAT_MS) this.#late.clear();
      else await this.#look(heard);
    } catch (error) {
      this.#late.clear();
      if (!this.#isOver) onTrouble(error);
    }
    if (!this.#isOver) this.begin();
  }

  async #look({ storeMs, heard }: Beat): Promise<void> {
    for (const [replica, at] of heard) {
      if (replica === this.#parts.replica || storeMs - at <= LEASE_MS) this.#late.delete(replica);
      else {
        const looks = (this.#late.get(replica) ?? 0) + 1;
        this.#late.set(replica, looks);
        if (looks >= LOOKS) await this.#parts.takeOut(replica);
      }
    }
  }
}
