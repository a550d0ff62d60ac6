import { CallList } from './call-list.ts';
import { isNamed, type Named, nameOf } from './call-name.ts';
import { couldRetry, type Mark } from './could-retry.ts';
import type { Kin, OpenCall } from './open-call.ts';
import { isRetryable, type Outcome } from './outcome.ts';
import type { Certainty, Evidence, Recognition, Sighting } from './sighting.ts';

/** Calls remembered at most; the oldest are forgotten first. */
const MAX_CALLS = 20_000;
/** Of those, calls with the same fingerprint: each arrival looks through them. */
const MAX_ALIKE = 1_000;
/** Fingerprints remembered at most: of how many equal requests there were, draws depend. */
const MAX_KINDS = 5 * MAX_CALLS;
/** Within this time after a failure, an equal request on an unconcerned connection is rather one sent at the same time. */
const SOON_MS = 250;

/** Recognises the attempts of one call. Pure in the sense that it depends on what it was shown alone. */
export class CallRecogniser {
  readonly #calls = new CallList();
  readonly #named = new Map<string, OpenCall>();
  /** By fingerprint. */
  readonly #kinds = new Map<string, Kin>();
  /** What the last answer on a connection was a retryable failure of; undefined where it was none. */
  readonly #failedOn = new Map<number, Kin | undefined>();
  readonly #onForget: (call: string) => void;
  #created = 0;

  constructor(onForget: (call: string) => void) {
    this.#onForget = onForget;
  }

  /** Recognises a request as it arrives. */
  arrive(sighting: Sighting): Recognition {
    const named = nameOf(sighting);
    const retryCount = readCount(sighting.headers['x-stainless-retry-count']);
    const kin = this.#kinOf(sighting.fingerprint);
    const seen: Seen = { sighting, kin, retryCount };
    const found = named === undefined ? this.#findUnnamed(seen) : this.#findNamed(named, seen);
    const call =
      found.call ?? this.#open(found.id, kin, named?.evidence !== 'path' && (named === undefined || retryCount !== undefined));
    // A first sighting with a count above 0 is a retry whose earlier attempts never got here.
    call.attempts = found.call === undefined ? 1 + (retryCount ?? 0) : call.attempts + 1;
    call.pending += 1;
    call.retryCount = retryCount;
    call.arrivedAt = sighting.at;
    call.failure = undefined;
    const attempt = call.attempts;
    const drawKey = named === undefined ? ordinalKey(seen) : `${named.id} ${attempt}`;
    return {
      call: call.id,
      attempt,
      evidence: found.evidence,
      certainty: found.certainty,
      drawKey,
      remembered: call,
    };
  }

  /** Tells how a recognised attempt ended. A success closes an unnamed call: equal requests that follow are new ones. */
  settle({ remembered: call }: Pick<Recognition, 'remembered'>, outcome: Outcome): void {
    if (call === undefined || call.forgotten) return;
    call.pending -= 1;
    const retryable = isRetryable(outcome);
    this.#rememberFailure(outcome.connection, retryable ? call.kin : undefined);
    if (retryable) {
      call.failure = {
        at: outcome.at,
        // A client that leaves knows so before the server does.
        knownAt: outcome.clientLeft ? call.arrivedAt : outcome.at,
        connection: outcome.connection,
        hintMs: outcome.hintMs,
      };
    } else if (call.pending === 0 && !isNamed(call.id)) {
      this.#forget(call);
    }
  }

  clear(): void {
    for (let call = this.#calls.oldest; call !== undefined; call = this.#calls.oldest) {
      this.#calls.remove(call);
      call.forgotten = true;
    }
    this.#named.clear();
    this.#kinds.clear();
    this.#failedOn.clear();
  }

  #findNamed(named: Named, seen: Seen): Found {
    const call = this.#named.get(named.id);
    const { retryCount } = seen;
    if (call === undefined && retryCount !== undefined && retryCount > 0 && named.evidence !== 'path') {
      // Some clients name each attempt anew; then the retry count is the better evidence.
      const { call: chained } = this.#findUnnamed(seen);
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

  #findUnnamed(seen: Seen): Found {
    const { kin, retryCount } = seen;
    const { call, rivals, doubtful } = kin.calls === undefined ? NOBODY : this.#candidate(kin.calls, seen);
    if (call === undefined) {
      return { call, id: this.#newId(), evidence: 'first', certainty: retryCount === 0 ? 'exact' : 'likely' };
    }
    const chained = retryCount !== undefined && retryCount > 0;
    const certainty = certaintyOf(rivals > 1 || doubtful, kin, retryCount);
    return { call, id: call.id, evidence: chained ? 'retry-count' : 'fingerprint', certainty };
  }

  /**
   * Of the calls that the request may be a retry of, the one whose failure is the oldest; one that failed on the same
   * connection before all others. Where there are several, each is in doubt from now on. There may be a thousand: nothing
   * is listed, everything is found on the way.
   */
  #candidate(alike: readonly OpenCall[], { sighting, kin, retryCount }: Seen): Candidate {
    const mark = { retryCount, alone: alike.length === 1 };
    const crowded = retryCount === undefined && kin.crowded;
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

  /**
   * When unmarked calls that say the same were seen side by side: of those that failed, the ones that a request may be a
   * retry of rather than a new call beside them. A connection that brought a failure brings retries; on any other, what comes at once after a
   * failure is not its retry, unless the client has closed the connection of the failure.
   */
  #plausibility(alike: readonly OpenCall[], sighting: Sighting, mark: Mark): (call: OpenCall) => boolean {
    const { at, fingerprint, connection } = sighting;
    if (this.#failedOn.get(connection.id)?.fingerprint !== fingerprint) {
      return (call) => at - failedAt(call) >= SOON_MS || !connection.isOpen(call.failure?.connection ?? -1);
    }
    // A pool gives the connection of a fresh failure to whoever has waited longest.
    let oldestMs = 0;
    for (const call of alike) {
      if (couldRetry(call, sighting, mark)) oldestMs = Math.max(oldestMs, at - failedAt(call));
    }
    return (call) => (at - failedAt(call)) * 2 >= oldestMs;
  }

  #rememberFailure(connection: number, kin: Kin | undefined): void {
    if (kin === undefined && !this.#failedOn.has(connection)) return;
    // The order is that of use as soon as it may matter.
    if (this.#failedOn.size > MAX_CALLS / 2) this.#failedOn.delete(connection);
    this.#failedOn.set(connection, kin);
    dropOldest(this.#failedOn, MAX_CALLS);
  }

  #kinOf(fingerprint: string): Kin {
    const known = this.#kinds.get(fingerprint);
    if (known !== undefined && this.#kinds.size <= MAX_CALLS) return known;
    const kin = known ?? { fingerprint, calls: undefined, uncounted: 0, counted: undefined, crowded: false, unsure: false };
    // The order is that of use as soon as it may matter.
    if (known !== undefined) this.#kinds.delete(fingerprint);
    this.#kinds.set(fingerprint, kin);
    if (this.#kinds.size > MAX_KINDS) this.#dropOldestKind();
    return kin;
  }

  #dropOldestKind(): void {
    const { value: oldest } = this.#kinds.values().next();
    if (oldest === undefined) return;
    this.#kinds.delete(oldest.fingerprint);
    // One of which calls are open is in use.
    if (oldest.calls !== undefined) this.#kinds.set(oldest.fingerprint, oldest);
  }

  /** `findable` when a later request may be recognised as its retry by what it says. */
  #open(id: string, kin: Kin, findable: boolean): OpenCall {
    const call: OpenCall = {
      id,
      kin,
      attempts: 0,
      pending: 0,
      doubtful: false,
      arrivedAt: 0,
      retryCount: undefined,
      failure: undefined,
      forgotten: false,
      older: undefined,
      newer: undefined,
    };
    this.#calls.add(call);
    if (isNamed(id)) this.#named.set(id, call);
    if (findable) this.#remember(call);
    const { oldest } = this.#calls;
    if (this.#calls.size > MAX_CALLS && oldest !== undefined) this.#forget(oldest);
    return call;
  }

  #remember(call: OpenCall): void {
    const { kin } = call;
    if (kin.calls === undefined) {
      kin.calls = [call];
      return;
    }
    kin.calls.push(call);
    kin.crowded = true;
    const oldest = kin.calls.length > MAX_ALIKE ? kin.calls.shift() : undefined;
    if (oldest !== undefined && !isNamed(oldest.id)) this.#forget(oldest);
  }

  #forget(call: OpenCall): void {
    const { id, kin } = call;
    call.forgotten = true;
    this.#calls.remove(call);
    if (isNamed(id)) this.#named.delete(id);
    // What ends has come lately more often than not.
    const place = kin.calls?.lastIndexOf(call) ?? -1;
    if (place >= 0) kin.calls?.splice(place, 1);
    if (kin.calls?.length === 0) kin.calls = undefined;
    this.#onForget(id);
  }

  #newId(): string {
    this.#created += 1;
    return `#${this.#created}`;
  }
}

/** A request, and what is known of its like. */
interface Seen {
  readonly sighting: Sighting;
  readonly kin: Kin;
  readonly retryCount: number | undefined;
}

/** Which call a request may be a retry of, among how many, and whether any of these was in doubt before. */
interface Candidate {
  readonly call: OpenCall | undefined;
  readonly rivals: number;
  readonly doubtful: boolean;
}

const NOBODY: Candidate = { call: undefined, rivals: 0, doubtful: false };

interface Found {
  readonly call: OpenCall | undefined;
  readonly id: string;
  readonly evidence: Evidence;
  readonly certainty: Certainty;
}

/** How certain it is that the request is a retry of the one that is taken. */
function certaintyOf(doubtful: boolean, kin: Kin, retryCount: number | undefined): Certainty {
  const chained = retryCount !== undefined && retryCount > 0;
  if (chained && !doubtful) return kin.unsure ? 'likely' : 'exact';
  // The call that the request really belongs to may be met again, and look like one that comes later.
  if (retryCount !== undefined) kin.unsure = true;
  return doubtful ? 'ambiguous' : 'likely';
}

/** What tells a request from its like: its ordinal among those of the same count. */
function ordinalKey({ kin, retryCount }: Seen): string {
  if (retryCount === undefined) {
    kin.uncounted += 1;
    return `${kin.fingerprint} - ${kin.uncounted}`;
  }
  kin.counted ??= new Map();
  const ordinal = (kin.counted.get(retryCount) ?? 0) + 1;
  kin.counted.set(retryCount, ordinal);
  dropOldest(kin.counted, MAX_ALIKE);
  return `${kin.fingerprint} ${retryCount} ${ordinal}`;
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
