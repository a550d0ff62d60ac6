import { isNamed, type Named, nameOf } from './call-name.ts';
import { couldRetry, type Mark, type OpenCall } from './could-retry.ts';
import { isRetryable, type Outcome } from './outcome.ts';
import type { Certainty, Evidence, Recognition, Sighting } from './sighting.ts';

/** Calls remembered at most; the oldest are forgotten first. */
const MAX_CALLS = 20_000;
/** Of those, calls with the same fingerprint: each arrival looks through them. */
const MAX_ALIKE = 1_000;
/** Within this time after a failure, an equal request on an unconcerned connection is rather one sent at the same time. */
const SOON_MS = 250;

/** Recognises the attempts of one call. Pure in the sense that it depends on what it was shown alone. */
export class CallRecogniser {
  readonly #calls = new Map<string, OpenCall>();
  /** Calls by fingerprint, oldest first. */
  readonly #alike = new Map<string, OpenCall[]>();
  /** Requests seen so far, by what they have in common: the ordinal among equal ones. */
  readonly #ordinals = new Map<string, number>();
  /** Connections whose last answer was a retryable failure, and of which fingerprint. */
  readonly #failedOn = new Map<number, string>();
  /** Fingerprints of which several unmarked calls were open at the same time. */
  readonly #crowded = new Set<string>();
  /** Fingerprints of which a request was given to a call by mere likelihood, although it counts its retries. */
  readonly #unsure = new Set<string>();
  readonly #onForget: (call: string) => void;
  #created = 0;

  constructor(onForget: (call: string) => void) {
    this.#onForget = onForget;
  }

  /** Recognises a request as it arrives. */
  arrive(sighting: Sighting): Recognition {
    const named = nameOf(sighting);
    const retryCount = readCount(sighting.headers['x-stainless-retry-count']);
    const found = named === undefined ? this.#findUnnamed(sighting, retryCount) : this.#findNamed(named, sighting, retryCount);
    const call =
      found.call ??
      this.#open(found.id, sighting.fingerprint, named?.evidence !== 'path' && (named === undefined || retryCount !== undefined));
    // A first sighting with a count above 0 is a retry whose earlier attempts never got here.
    call.attempts = found.call === undefined ? 1 + (retryCount ?? 0) : call.attempts + 1;
    call.pending += 1;
    call.retryCount = retryCount;
    call.arrivedAt = sighting.at;
    call.failure = undefined;
    const attempt = call.attempts;
    const drawKey = named === undefined ? this.#ordinalKey(sighting.fingerprint, retryCount) : `${named.id} ${attempt}`;
    return {
      call: call.id,
      attempt,
      evidence: found.evidence,
      certainty: found.certainty,
      drawKey,
    };
  }

  /** Tells how an attempt ended. A success closes an unnamed call: equal requests that follow are new ones. */
  settle(callId: string, outcome: Outcome): void {
    const call = this.#calls.get(callId);
    if (call === undefined) return;
    call.pending -= 1;
    const retryable = isRetryable(outcome);
    this.#rememberFailure(outcome.connection, retryable ? call.fingerprint : undefined);
    if (retryable) {
      call.failure = {
        at: outcome.at,
        // A client that leaves knows so before the server does.
        knownAt: outcome.clientLeft ? call.arrivedAt : outcome.at,
        connection: outcome.connection,
        hintMs: outcome.hintMs,
      };
    } else if (call.pending === 0 && !isNamed(callId)) {
      this.#forget(call);
    }
  }

  clear(): void {
    this.#calls.clear();
    this.#alike.clear();
    this.#ordinals.clear();
    this.#failedOn.clear();
    this.#crowded.clear();
    this.#unsure.clear();
  }

  #findNamed(named: Named, sighting: Sighting, retryCount: number | undefined): Found {
    const call = this.#calls.get(named.id);
    if (call === undefined && retryCount !== undefined && retryCount > 0 && named.evidence !== 'path') {
      // Some clients name each attempt anew; then the retry count is the better evidence.
      const { call: chained } = this.#findUnnamed(sighting, retryCount);
      if (chained !== undefined)
        return {
          call: chained,
          id: chained.id,
          evidence: 'retry-count',
          certainty: 'likely',
        };
    }
    return { call, id: named.id, evidence: named.evidence, certainty: 'exact' };
  }

  #findUnnamed(sighting: Sighting, retryCount: number | undefined): Found {
    const alike = this.#alike.get(sighting.fingerprint);
    if (alike === undefined) {
      return { call: undefined, id: this.#newId(), evidence: 'first', certainty: retryCount === 0 ? 'exact' : 'likely' };
    }
    const { call, rivals, doubtful } = this.#candidate(alike, sighting, retryCount);
    if (call === undefined) {
      return { call, id: this.#newId(), evidence: 'first', certainty: retryCount === 0 ? 'exact' : 'likely' };
    }
    const chained = retryCount !== undefined && retryCount > 0;
    const certainty = this.#certaintyOf(rivals > 1 || doubtful, sighting.fingerprint, retryCount);
    return { call, id: call.id, evidence: chained ? 'retry-count' : 'fingerprint', certainty };
  }

  /**
   * Of the calls that the request may be a retry of, the one whose failure is the oldest; one that failed on the same
   * connection before all others. Where there are several, each is in doubt from now on. There may be a thousand: nothing
   * is listed, everything is found on the way.
   */
  #candidate(alike: readonly OpenCall[], sighting: Sighting, retryCount: number | undefined): Candidate {
    const mark = { retryCount, alone: alike.length === 1 };
    const crowded = retryCount === undefined && this.#crowded.has(sighting.fingerprint);
    const isPlausible = crowded ? this.#plausibility(alike, sighting, mark) : always;
    const { id: connection } = sighting.connection;
    let first: OpenCall | undefined;
    let oldest: OpenCall | undefined;
    let here: OpenCall | undefined;
    let rivals = 0;
    let doubtful = false;
    for (const call of alike) {
      if (!couldRetry(call, sighting, mark) || !isPlausible(call)) continue;
      rivals += 1;
      doubtful ||= call.doubtful;
      first ??= call;
      if (rivals > 1) first.doubtful = call.doubtful = true;
      if (oldest === undefined || failedAt(call) < failedAt(oldest)) oldest = call;
      if (call.failure?.connection === connection) here ??= call;
    }
    return { call: here ?? oldest, rivals, doubtful };
  }

  /** How certain it is that the request is a retry of the one that is taken. */
  #certaintyOf(doubtful: boolean, fingerprint: string, retryCount: number | undefined): Certainty {
    const chained = retryCount !== undefined && retryCount > 0;
    if (chained && !doubtful) return this.#unsure.has(fingerprint) ? 'likely' : 'exact';
    if (retryCount !== undefined) {
      // The call that the request really belongs to may be met again, and look like one that comes later.
      this.#unsure.add(fingerprint);
      dropOldest(this.#unsure, MAX_CALLS);
    }
    return doubtful ? 'ambiguous' : 'likely';
  }

  /**
   * When unmarked calls that say the same were seen side by side: of those that failed, the ones that a request may be a
   * retry of rather than a new call beside them. A connection that brought a failure brings retries; on any other, what comes at once after a
   * failure is not its retry, unless the client has closed the connection of the failure.
   */
  #plausibility(alike: readonly OpenCall[], sighting: Sighting, mark: Mark): (call: OpenCall) => boolean {
    const { at, fingerprint, connection } = sighting;
    if (this.#failedOn.get(connection.id) !== fingerprint) {
      return (call) => at - failedAt(call) >= SOON_MS || !connection.isOpen(call.failure?.connection ?? -1);
    }
    // A pool gives the connection of a fresh failure to whoever has waited longest.
    let oldestMs = 0;
    for (const call of alike) {
      if (couldRetry(call, sighting, mark)) oldestMs = Math.max(oldestMs, at - failedAt(call));
    }
    return (call) => (at - failedAt(call)) * 2 >= oldestMs;
  }

  #rememberFailure(connection: number, fingerprint: string | undefined): void {
    this.#failedOn.delete(connection);
    if (fingerprint === undefined) return;
    this.#failedOn.set(connection, fingerprint);
    dropOldest(this.#failedOn, MAX_CALLS);
  }

  /** `findable` when a later request may be recognised as its retry by what it says. */
  #open(id: string, fingerprint: string, findable: boolean): OpenCall {
    const call: OpenCall = {
      id,
      fingerprint,
      attempts: 0,
      pending: 0,
      doubtful: false,
      arrivedAt: 0,
      retryCount: undefined,
      failure: undefined,
    };
    this.#calls.set(id, call);
    if (findable) this.#remember(call);
    const oldest = this.#calls.size > MAX_CALLS ? this.#calls.values().next().value : undefined;
    if (oldest !== undefined) this.#forget(oldest);
    return call;
  }

  #remember(call: OpenCall): void {
    const alike = this.#alike.get(call.fingerprint);
    if (alike === undefined) {
      this.#alike.set(call.fingerprint, [call]);
      return;
    }
    alike.push(call);
    this.#crowded.add(call.fingerprint);
    dropOldest(this.#crowded, MAX_CALLS);
    const oldest = alike.length > MAX_ALIKE ? alike.shift() : undefined;
    if (oldest !== undefined && !isNamed(oldest.id)) this.#forget(oldest);
  }

  #forget(call: OpenCall): void {
    this.#calls.delete(call.id);
    const alike = this.#alike.get(call.fingerprint);
    // What ends has come lately more often than not.
    const place = alike?.lastIndexOf(call) ?? -1;
    if (place >= 0) alike?.splice(place, 1);
    if (alike?.length === 0) this.#alike.delete(call.fingerprint);
    this.#onForget(call.id);
  }

  #ordinalKey(fingerprint: string, retryCount: number | undefined): string {
    const kind = `${fingerprint} ${retryCount ?? '-'}`;
    const ordinal = (this.#ordinals.get(kind) ?? 0) + 1;
    // The order is that of use as soon as it may matter.
    if (this.#ordinals.size > MAX_CALLS) this.#ordinals.delete(kind);
    this.#ordinals.set(kind, ordinal);
    dropOldest(this.#ordinals, 10 * MAX_CALLS);
    return `${kind} ${ordinal}`;
  }

  #newId(): string {
    this.#created += 1;
    return `#${this.#created}`;
  }
}

/** Which call a request may be a retry of, among how many, and whether any of these was in doubt before. */
interface Candidate {
  readonly call: OpenCall | undefined;
  readonly rivals: number;
  readonly doubtful: boolean;
}

interface Found {
  readonly call: OpenCall | undefined;
  readonly id: string;
  readonly evidence: Evidence;
  readonly certainty: Certainty;
}

function dropOldest<Key>(kept: { size: number; keys(): Iterator<Key>; delete(key: Key): boolean }, most: number): void {
  if (kept.size <= most) return;
  const { value, done } = kept.keys().next();
  if (done !== true) kept.delete(value);
}

function failedAt({ failure }: OpenCall): number {
  return failure?.at ?? 0;
}

function always(): boolean {
  return true;
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
