import type { Downtime } from '../core/journal/downtime.ts';
import type { FaultApplied, JournalEntry } from '../core/journal/entry.ts';
import { plural } from '../core/text/plural.ts';
import type { Performed } from '../exchange/performed.ts';

/** Spans that are remembered; the oldest go first. */
const MAX_KEPT = 1_000;

interface Noted extends Downtime {
  to: number | null;
  cut: number;
}

/** When the server, or its store, was down. One list for all sessions: they have one server. */
export class Downtimes {
  #spans: Noted[] = [];
  /** Those in which its store did not answer. */
  #silences: Downtime[] = [];
  /** What the journal says of requests that were under way as the server last went down; undefined where it never did. */
  #cause: FaultApplied | undefined;

  /** Downtimes that end after the moment, or have not ended; oldest first. Times of the engine's clock. */
  since(at: number): Downtime[] {
    const spans: Downtime[] = this.#spans.filter(({ to }) => to === null || to > at).map((span) => ({ ...span }));
    const silences = this.#silences.filter(({ to }) => to === null || to > at);
    return silences.length === 0 ? spans : [...spans, ...silences].sort((a, b) => a.from - b.from);
  }

  /** So many requests were refused between these moments, for the store of the mock did not answer. They are in no journal. */
  noteSilence({ requests, from, to }: { readonly requests: number; readonly from: number; readonly to: number }): void {
    const rule = `the store did not answer, and ${plural(requests, 'request was', 'requests were')} refused`;
    this.#silences.push({ rule, from, to, cut: 0 });
    if (this.#silences.length > MAX_KEPT) this.#silences.shift();
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

  /** Where the server went down under a request, the journal says by which rule. */
  noteCut(record: Pick<JournalEntry, 'faultApplied'>, { isCut }: Performed): void {
    const last = this.#spans.at(-1);
    if (isCut !== true || last === undefined || this.#cause === undefined) return;
    const { rule, faults } = this.#cause;
    record.faultApplied = { rule, faults: [...(record.faultApplied?.faults ?? []), ...faults] };
    last.cut += 1;
  }
}
