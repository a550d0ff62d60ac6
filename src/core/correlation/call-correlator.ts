import { LruMap } from '../collections/lru-map.ts';
import { type Linked, UseOrder } from '../collections/use-order.ts';
import { isNamed, type Named, nameOf } from './call-name.ts';
import type { Certainty } from './certainty.ts';
import type { Correlation, CorrelationEvidence, Evidence } from './correlation.ts';
import { couldRetry, type RetryMarker } from './could-retry.ts';
import { FingerprintGroup, type OpenCall } from './fingerprint-group.ts';
import type { Outcome } from './outcome.ts';
import { failedAt, RetryCandidates } from './retry-candidates.ts';

/** Calls remembered at most; the oldest are forgotten first. */
const MAX_CALLS = 20_000;
/** Fingerprints remembered at most, besides those of open calls: of how many equal requests there were, draws depend. */
const MAX_KINDS = 5 * MAX_CALLS;
/** Within this time after a failure, an equal request on an unconcerned connection is rather one sent at the same time. */
const SOON_MS = 250;

interface CallCorrelatorParts {
  onForget(call: string): void;
  isClosed(connection: number): boolean;
}

/** Recognises the attempts of one call. Pure in the sense that it depends on what it was shown alone. */
export class CallCorrelator {
  readonly #calls = new UseOrder<OpenCall>();
  readonly #named = new Map<string, OpenCall>();
  /** By fingerprint. */
  readonly #kinds = new LruMap<string, FingerprintGroup>(({ fingerprint }) => fingerprint);
  /** What the last answer on a connection was a retryable failure of. */
  readonly #failedOn = new LruMap<number, FailedConnection>(({ connection }) => connection);
  readonly #onForget: (call: string) => void;
  readonly #isClosed: (connection: number) => boolean;
  #created = 0;
  #opened = 0;
  /** A request counted itself as a retry. */
  #countsRetries = false;
  /** Different requests that were taken by what the program declares. */
  #declaredKinds = 0;

  /** `onForget` is called with the id of each call that is forgotten; `isClosed` says whether a connection is known to be closed. */
  constructor({ onForget, isClosed }: CallCorrelatorParts) {
    this.#onForget = onForget;
    this.#isClosed = isClosed;
  }

  /** Recognises a request as it arrives. */
  observe(sighting: CorrelationEvidence): Correlation {
    const retryCount = readCount(sighting.headers['x-stainless-retry-count']);
    const kin = this.#kinOf(sighting.fingerprint);
    this.#countsRetries ||= (retryCount ?? 0) > 0;
    const seen: Seen = { sighting, kin, retryCount };
    const declared = this.#findDeclared(seen);
    const named = declared === undefined ? this.#nameOf(seen) : undefined;
    const found = declared ?? (named === undefined ? this.#findUnnamed(seen) : this.#findNamed(named, seen));
    const findable = declared === undefined && named?.evidence !== 'path' && (named === undefined || retryCount !== undefined);
    const call = found.call ?? this.#open(found.id, kin, findable);
    if (declared !== undefined) kin.declared = call;
    // A first sighting with a count above 0 is a retry whose earlier attempts never got here.
    call.attempts = found.call === undefined ? 1 + (declared === undefined ? (retryCount ?? 0) : 0) : call.attempts + 1;
    call.pending += 1;
    call.retryCount = retryCount;
    call.arrivedAt = sighting.at;
    call.group.note(call, undefined);
    const attempt = call.attempts;
    const drawKey =
      named === undefined ? ordinalKey(kin, declared === undefined ? retryCount : undefined) : `${named.id} ${attempt}`;
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
  complete({ remembered: call }: Pick<Correlation, 'remembered'>, outcome: Outcome): void {
    if (call === undefined || call.forgotten) return;
    call.pending -= 1;
    call.answered ||= outcome.delivered;
    call.group.answered ||= call.answered;
    const { retryable } = outcome;
    this.#rememberFailure(outcome.connection, retryable ? call.group : undefined);
    if (retryable) {
      call.group.note(call, {
        at: outcome.at,
        // A client that leaves knows so before the server does.
        knownAt: outcome.clientLeft ? call.arrivedAt : outcome.at,
        connection: outcome.connection,
        hintMs: outcome.hintMs,
      });
    } else if (call.pending === 0 && !isNamed(call.id) && call.group.declared !== call) {
      this.#forget(call);
    }
  }

  /** Numbers calls from 1 again. Nobody may know a call by its number any more. */
  renumber(): void {
    this.#created = 0;
  }

  clear(): void {
    for (let call = this.#calls.oldest; call !== undefined; call = this.#calls.oldest) {
      this.#calls.remove(call);
      call.forgotten = true;
    }
    this.#named.clear();
    this.#kinds.clear();
    this.#failedOn.clear();
    this.#declaredKinds = 0;
    this.#countsRetries = false;
  }

  /**
   * The call by what the program declares: equal requests are its attempts until it has succeeded. Undefined where nothing is
   * declared, where the path names the call, and where the requests have shown that the declaration does not hold.
   */
  #findDeclared({ sighting: { declared, pathCall }, kin }: Seen): Found | undefined {
    if (declared === undefined || pathCall !== undefined || kin.contradicted) return undefined;
    const certainty = declared === 'unique' ? 'exact' : 'likely';
    const { declared: call } = kin;
    const isOver = call?.answered === true;
    if (call !== undefined && !isOver) {
      // Of a program that makes so many calls, two at once are rather two of them.
      if (declared === 'unique' || call.pending === 0) return { call, id: call.id, evidence: 'declared', certainty };
      kin.contradicted = true;
      return undefined;
    }
    if (call === undefined) this.#declaredKinds += 1;
    kin.contradicted = declared === 'unique' ? isOver : this.#declaredKinds > declared;
    if (kin.contradicted) return undefined;
    if (call !== undefined && call.pending === 0) this.#forget(call);
    return { call: undefined, id: this.#newId(), evidence: 'first', certainty };
  }

  /**
   * The name that the client gave to the call. Some send the same `x-client-request-id` with all that they ask: when it comes
   * with another request, and that is no retry, it names a session.
   */
  #nameOf({ sighting, kin, retryCount }: Seen): Named | undefined {
    const named = nameOf(sighting);
    const call = named?.evidence === 'client-request-id' ? this.#named.get(named.id) : undefined;
    if (call === undefined) return named;
    const isOver = call.pending === 0 && call.failure === undefined;
    if (call.group.fingerprint !== kin.fingerprint && (retryCount === 0 || isOver)) call.namesMany = true;
    return call.namesMany ? undefined : named;
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
    const { call, doubtful } = kin.failed.length === 0 ? NOBODY : this.#candidate(seen);
    if (call === undefined) {
      return { call, id: this.#newId(), evidence: 'first', certainty: retryCount === 0 ? 'exact' : 'likely' };
    }
    const chained = retryCount !== undefined && retryCount > 0;
    const certainty = certaintyOf(doubtful, kin, retryCount);
    return { call, id: call.id, evidence: chained ? 'retry-count' : 'fingerprint', certainty };
  }

  /** The call that the request is taken for a retry of. */
  #candidate({ sighting, kin, retryCount }: Seen): Candidate {
    const alone = kin.size === 1;
    const mark = { retryCount, alone, unrivalled: alone && !kin.answered && !kin.hadConcurrentCalls && !this.#countsRetries };
    const crowded = retryCount === undefined && kin.hadConcurrentCalls;
    const isPlausible = crowded ? this.#plausibility(kin.failed, sighting, mark) : always;
    const rivals = new RetryCandidates(sighting.connection.id);
    for (const call of kin.failed) if (couldRetry(call, sighting, mark) && isPlausible(call)) rivals.add(call);
    return rivals;
  }

  /**
   * When unmarked calls that say the same were seen side by side: of those that failed, the ones that a request may be a
   * retry of rather than a new call beside them. A connection that brought a failure brings retries; on any other, what
   * comes at once after a failure is not its retry, unless the client has closed the connection of the failure.
   */
  #plausibility(failed: readonly OpenCall[], sighting: CorrelationEvidence, mark: RetryMarker): (call: OpenCall) => boolean {
    const { at, fingerprint, connection } = sighting;
    if (this.#failedOn.get(connection.id)?.kin?.fingerprint !== fingerprint) {
      return (call) => at - failedAt(call) >= SOON_MS || this.#isClosed(call.failure?.connection ?? -1);
    }
    // A pool gives the connection of a fresh failure to the request that has waited longest.
    let oldestMs = 0;
    for (const call of failed) {
      if (couldRetry(call, sighting, mark)) oldestMs = Math.max(oldestMs, at - failedAt(call));
    }
    return (call) => (at - failedAt(call)) * 2 >= oldestMs;
  }

  #rememberFailure(connection: number, kin: FingerprintGroup | undefined): void {
    const known = this.#failedOn.get(connection);
    if (known !== undefined) {
      known.kin = kin;
      this.#failedOn.use(known);
    } else if (kin !== undefined) {
      this.#failedOn.add({ connection, kin, older: undefined, newer: undefined });
      const { size, oldest } = this.#failedOn;
      if (size > MAX_CALLS && oldest !== undefined) this.#failedOn.remove(oldest);
    }
  }

  #kinOf(fingerprint: string): FingerprintGroup {
    const known = this.#kinds.get(fingerprint);
    if (known !== undefined) {
      this.#kinds.use(known);
      return known;
    }
    const kin = new FingerprintGroup(fingerprint);
    this.#kinds.add(kin);
    const { size, oldest } = this.#kinds;
    if (size <= MAX_KINDS || oldest === undefined) return kin;
    // One of which calls are open is in use.
    if (oldest.size > 0) this.#kinds.use(oldest);
    else this.#kinds.remove(oldest);
    return kin;
  }

  /** `findable` when a later request may be recognised as its retry by what it says. */
  #open(id: string, kin: FingerprintGroup, findable: boolean): OpenCall {
    this.#opened += 1;
    const call: OpenCall = {
      id,
      number: this.#opened,
      group: kin,
      attempts: 0,
      pending: 0,
      doubtful: false,
      namesMany: false,
      answered: false,
      arrivedAt: 0,
      retryCount: undefined,
      failure: undefined,
      findable: false,
      forgotten: false,
      older: undefined,
      newer: undefined,
    };
    this.#calls.add(call);
    if (isNamed(id)) this.#named.set(id, call);
    const displaced = findable ? kin.add(call) : undefined;
    if (displaced !== undefined && !isNamed(displaced.id)) this.#forget(displaced);
    const { oldest } = this.#calls;
    if (this.#calls.size > MAX_CALLS && oldest !== undefined) this.#forget(oldest);
    return call;
  }

  #forget(call: OpenCall): void {
    const { id, group: kin } = call;
    call.forgotten = true;
    this.#calls.remove(call);
    if (isNamed(id)) this.#named.delete(id);
    kin.remove(call);
    if (kin.declared === call) kin.declared = undefined;
    this.#onForget(id);
  }

  #newId(): string {
    this.#created += 1;
    return `#${this.#created}`;
  }
}

/** A connection on which an answer was a retryable failure; of nothing where the last was none. */
interface FailedConnection extends Linked<FailedConnection> {
  readonly connection: number;
  kin: FingerprintGroup | undefined;
}

/** A request, and what is known of its like. */
interface Seen {
  readonly sighting: CorrelationEvidence;
  readonly kin: FingerprintGroup;
  readonly retryCount: number | undefined;
}

/** Which call a request may be a retry of, and whether there is a doubt about it. */
type Candidate = Pick<RetryCandidates, 'call' | 'doubtful'>;

const NOBODY: Candidate = { call: undefined, doubtful: false };

interface Found {
  readonly call: OpenCall | undefined;
  readonly id: string;
  readonly evidence: Evidence;
  readonly certainty: Certainty;
}

/** How certain it is that the request is a retry of the one that is taken. */
function certaintyOf(doubtful: boolean, kin: FingerprintGroup, retryCount: number | undefined): Certainty {
  const chained = retryCount !== undefined && retryCount > 0;
  if (chained && !doubtful) return kin.hasGuesses ? 'likely' : 'exact';
  // The call that the request really belongs to may be met again, and look like one that comes later.
  if (retryCount !== undefined) kin.hasGuesses = true;
  return doubtful ? 'ambiguous' : 'likely';
}

/** What tells a request from its like: its ordinal among those of the same count. */
function ordinalKey(kin: FingerprintGroup, retryCount: number | undefined): string {
  return `${kin.fingerprint} ${retryCount ?? '-'} ${kin.next(retryCount)}`;
}

function always(): boolean {
  return true;
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}
