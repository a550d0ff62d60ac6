import type { Decided, Entry } from './events.ts';

/** Calls that are kept; older ones are forgotten. */
const MAX_CALLS = 2_000;
/** Attempts of a call that are kept. */
const MAX_ATTEMPTS = 50;
/** Seconds that are kept. */
const MAX_SECONDS = 130;

export interface Attempt {
  readonly at: number;
  /** Undefined while it is under way. */
  end?: number;
  status?: number | null;
  failed?: boolean;
  dueAt?: number | null;
  /** It came before the wait was over that the attempt before it was told. */
  early: boolean;
}

export interface Call {
  readonly id: string;
  readonly attempts: Map<number, Attempt>;
}

/** What happened within one second. */
export interface Second {
  attempts: number;
  offered: number;
  goodput: number;
  struck: number;
  tokens: number;
}

const nothing = (): Second => ({ attempts: 0, offered: 0, goodput: 0, struck: 0, tokens: 0 });

/** What the page knows of the traffic, within bounds. */
export class History {
  readonly calls = new Map<string, Call>();
  readonly #seconds = new Map<number, Second>();
  readonly #open = new Set<number>();
  /** The newest moment that was told, and when the page heard of it on its own clock. */
  #newest = 0;
  #heardAt = 0;
  /** The newest request that was told. */
  #lastSeq = 0;
  #mayBegin = false;
  queuedMs = 0;
  attempts = 0;

  get inFlight(): number {
    return this.#open.size;
  }

  /** The time on the clock of the journal. */
  now(): number {
    return this.#newest + (performance.now() - this.#heardAt);
  }

  /** What is told from here on may be of a mock that has begun anew: its requests count from one, and its clock from zero. */
  connected(): void {
    this.#open.clear();
    this.#mayBegin = true;
  }

  decided({ seq, logicalId, t_headers }: Decided): void {
    if (this.#mayBegin && seq <= this.#lastSeq) this.#forget();
    this.#mayBegin = false;
    this.#lastSeq = Math.max(this.#lastSeq, seq);
    this.#hear(t_headers);
    this.#open.add(seq);
    this.#begin(logicalId, seq, t_headers);
  }

  ended(entry: Entry): void {
    const { seq, logicalId, t_headers, t_end, status, closedBy, hint, faultApplied, queuedMs, billedTokens } = entry;
    const end = t_end ?? t_headers;
    this.#hear(end);
    this.#open.delete(seq);
    const attempt = this.#begin(logicalId, seq, t_headers);
    attempt.end = end;
    attempt.status = status;
    attempt.failed = status === null || status >= 400 || closedBy !== null || entry.retryable;
    attempt.dueAt = hint?.dueAt ?? null;
    this.queuedMs = queuedMs ?? 0;
    const second = this.second(Math.floor(end / 1_000));
    second.tokens += billedTokens;
    if (!attempt.failed) second.goodput += 1;
    else if (faultApplied !== null) second.struck += 1;
  }

  /** Events were not told: the ends of some requests may be among them, so that none is held to be under way. */
  missed(): void {
    this.#open.clear();
  }

  /** The second of that number, from the beginning of the journal's clock. */
  second(number: number): Second {
    const known = this.#seconds.get(number);
    if (known !== undefined) return known;
    const made = nothing();
    this.#seconds.set(number, made);
    if (this.#seconds.size > MAX_SECONDS)
      for (const old of this.#seconds.keys()) if (old < number - MAX_SECONDS) this.#seconds.delete(old);
    return made;
  }

  /** The same, without a trace. */
  look(number: number): Second {
    return this.#seconds.get(number) ?? nothing();
  }

  #forget(): void {
    this.calls.clear();
    this.#seconds.clear();
    this.#lastSeq = 0;
    this.#heardAt = 0;
    this.queuedMs = 0;
  }

  #begin(id: string, seq: number, at: number): Attempt {
    const call = this.calls.get(id) ?? this.#openCall(id);
    const known = call.attempts.get(seq);
    if (known !== undefined) return known;
    const last = [...call.attempts.values()].at(-1);
    const attempt: Attempt = { at, early: last?.dueAt != null && at < last.dueAt - 1 };
    call.attempts.set(seq, attempt);
    if (call.attempts.size > MAX_ATTEMPTS) call.attempts.delete(call.attempts.keys().next().value ?? 0);
    this.attempts += 1;
    const second = this.second(Math.floor(at / 1_000));
    second.attempts += 1;
    if (last === undefined) second.offered += 1;
    return attempt;
  }

  #openCall(id: string): Call {
    const call: Call = { id, attempts: new Map() };
    this.calls.set(id, call);
    const [oldest] = this.calls.keys();
    if (oldest !== undefined && this.calls.size > MAX_CALLS) this.calls.delete(oldest);
    return call;
  }

  #hear(at: number): void {
    if (at < this.now() && this.#heardAt > 0) return;
    this.#newest = at;
    this.#heardAt = performance.now();
  }
}
