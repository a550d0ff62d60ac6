import type { Downtime } from '../core/journal/downtime.ts';
import type { FaultApplied } from '../core/journal/entry.ts';

/** Spans that are remembered; the oldest go first. */
const MAX_KEPT = 1_000;

interface Noted extends Downtime {
  to: number | null;
  cut: number;
}

/** When the server was down. One list for all sessions: they have one server. */
export class Downtimes {
  #spans: Noted[] = [];
  #cause: FaultApplied | undefined;

  /** What the journal says of requests that were under way as the server last went down; undefined where it never did. */
  get cause(): FaultApplied | undefined {
    return this.#cause;
  }

  /** Those of which anything lies behind the moment, oldest first. Times of the engine's clock. */
  since(at: number): Downtime[] {
    return this.#spans.filter(({ to }) => to === null || to > at).map((span) => ({ ...span }));
  }

  begin(at: number, cause: FaultApplied): void {
    this.end(at);
    this.#cause = cause;
    this.#spans.push({ rule: cause.rule, from: at, to: null, cut: 0 });
    if (this.#spans.length > MAX_KEPT) this.#spans.shift();
  }

  end(at: number): void {
    const last = this.#spans.at(-1);
    if (last !== undefined) last.to ??= at;
  }

  /** A request that was under way was reset. */
  countCut(): void {
    const last = this.#spans.at(-1);
    if (last !== undefined) last.cut += 1;
  }
}
