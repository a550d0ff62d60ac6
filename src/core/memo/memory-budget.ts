import { type Linked, UseOrder } from '../collections/use-order.ts';

/** What holds memory that can be given back. */
export interface Holder extends Linked<Holder> {
  /** As it was last told. */
  heldBytes: number;
  /** Gives back all that it holds, and says so. */
  forget(): void;
}

/** Memory that many share. When all of it is held, who has not used his for the longest time gives it back. */
export class MemoryBudget {
  readonly #mostBytes: number;
  readonly #holders = new UseOrder<Holder>();
  #heldBytes = 0;

  constructor(mostBytes: number) {
    this.#mostBytes = mostBytes;
  }

  get heldBytes(): number {
    return this.#heldBytes;
  }

  /** Notes how much somebody holds from now on, and has others give back what is too much. */
  resize(holder: Holder, bytes: number): void {
    if (holder.heldBytes > 0) this.#holders.remove(holder);
    this.#heldBytes += bytes - holder.heldBytes;
    holder.heldBytes = bytes;
    if (bytes > 0) this.#holders.add(holder);
    for (let { oldest } = this.#holders; this.#heldBytes > this.#mostBytes; { oldest } = this.#holders) {
      if (oldest === undefined || oldest === holder) return;
      oldest.forget();
    }
  }

  /** Notes that somebody used what he holds. */
  use(holder: Holder): void {
    if (holder.heldBytes > 0) this.#holders.use(holder);
  }
}
