import type { OpenCall } from './kin.ts';

/**
 * Calls in the order in which they were opened. They hold each other: a map would make a new table every few calls, each
 * reachable from the one before, so that a collection of young garbage could free none of them.
 */
export class CallList {
  #oldest: OpenCall | undefined;
  #newest: OpenCall | undefined;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  get oldest(): OpenCall | undefined {
    return this.#oldest;
  }

  add(call: OpenCall): void {
    const before = this.#newest;
    call.older = before;
    if (before === undefined) this.#oldest = call;
    else before.newer = call;
    this.#newest = call;
    this.#size += 1;
  }

  /** The call has to be in the list. */
  remove(call: OpenCall): void {
    const { older, newer } = call;
    if (older === undefined) this.#oldest = newer;
    else older.newer = newer;
    if (newer === undefined) this.#newest = older;
    else newer.older = older;
    call.older = undefined;
    call.newer = undefined;
    this.#size -= 1;
  }
}
