import { isRetryable, type Outcome } from './outcome.ts';

/** How a request was recognised as part of a call, strongest first (design: calls, attempts, sessions). */
export type Evidence = 'path' | 'client-request-id' | 'idempotency-key' | 'retry-count' | 'fingerprint' | 'first';

export type Certainty = 'exact' | 'likely' | 'ambiguous';

/** The connection that a request came on. */
export interface Connection {
  readonly id: number;
  readonly acceptedAt: number;
  /** 1 for its first request. */
  readonly requests: number;
  /** Whether another connection is still open. */
  isOpen(connection: number): boolean;
}

/** What recognition looks at. All times in milliseconds of the monotonic clock. */
export interface Sighting {
  /** The `<call>` of `/s/<session>/c/<call>/v1`. */
  readonly pathCall: string | undefined;
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Hash of key, method, path and body. */
  readonly fingerprint: string;
  readonly at: number;
  readonly connection: Connection;
}

/** Where a request stands. */
export interface Recognition {
  readonly call: string;
  /** Position within the call; 1 is the first try. */
  readonly attempt: number;
  readonly evidence: Evidence;
  readonly certainty: Certainty;
  /** The same for the same request of the same run, in any interleaving: what draws go by. */
  readonly drawKey: string;
}

interface OpenCall {
  readonly id: string;
  readonly fingerprint: string;
  attempts: number;
  /** Requests of the call that are being answered. */
  pending: number;
  /** When its last attempt arrived. */
  arrivedAt: number;
  /** `x-stainless-retry-count` of the last attempt. */
  retryCount: number | undefined;
  /** The last answer, when it was a retryable failure that no retry has followed. */
  failure:
    | {
        readonly at: number;
        readonly knownAt: number;
        readonly connection: number;
        readonly hintMs: number | undefined;
      }
    | undefined;
}

/** Calls remembered at most; the oldest are forgotten first. */
const MAX_CALLS = 20_000;
/** Of those, calls with the same fingerprint: each arrival looks through them. */
const MAX_ALIKE = 1_000;
/** The longest server hint that SDKs with a retry count obey (wire.md 7.1). */
const LONGEST_OBEYED_HINT_MS = 120_000;
/** Within this time after a failure, an equal request on an unconcerned connection is rather one sent at the same time. */
const SOON_MS = 250;
/** A hint may be shorter than the time in which clients send side by side. */
const SHORTEST_DUE_MS = 500;
/** Retries that the official SDKs make by default (wire.md 7.1). */
const DEFAULT_RETRIES = 2;

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
    const alike = this.#alike.get(sighting.fingerprint) ?? [];
    const failed = alike.filter((call) => couldRetry(call, sighting, { retryCount, alone: alike.length === 1 }));
    const crowded = retryCount === undefined && this.#crowded.has(sighting.fingerprint);
    const candidates = crowded ? this.#plausible(failed, sighting) : failed;
    const call = longestFailed(candidates, sighting.connection.id);
    if (call === undefined) {
      return { call, id: this.#newId(), evidence: 'first', certainty: retryCount === 0 ? 'exact' : 'likely' };
    }
    const chained = retryCount !== undefined && retryCount > 0;
    const certainty = candidates.length > 1 ? 'ambiguous' : chained ? 'exact' : 'likely';
    return { call, id: call.id, evidence: chained ? 'retry-count' : 'fingerprint', certainty };
  }

  /**
   * When unmarked calls that say the same were seen side by side: of those that failed, the ones that a request may be a
   * retry of rather than a new call beside them. A connection that brought a failure brings retries; on any other, what comes at once after a
   * failure is not its retry, unless the client has closed the connection of the failure.
   */
  #plausible(failed: readonly OpenCall[], { at, fingerprint, connection }: Sighting): readonly OpenCall[] {
    const age = ({ failure }: OpenCall) => at - (failure?.at ?? at);
    if (this.#failedOn.get(connection.id) !== fingerprint) {
      return failed.filter((call) => age(call) >= SOON_MS || !connection.isOpen(call.failure?.connection ?? -1));
    }
    // A pool gives the connection of a fresh failure to whoever has waited longest.
    const oldestMs = Math.max(...failed.map(age));
    return failed.filter((call) => age(call) * 2 >= oldestMs);
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
    const rest = this.#alike.get(call.fingerprint)?.filter((other) => other !== call) ?? [];
    if (rest.length === 0) this.#alike.delete(call.fingerprint);
    else this.#alike.set(call.fingerprint, rest);
    this.#onForget(call.id);
  }

  #ordinalKey(fingerprint: string, retryCount: number | undefined): string {
    const kind = `${fingerprint} ${retryCount ?? '-'}`;
    const ordinal = (this.#ordinals.get(kind) ?? 0) + 1;
    this.#ordinals.delete(kind);
    this.#ordinals.set(kind, ordinal);
    dropOldest(this.#ordinals, 10 * MAX_CALLS);
    return `${kind} ${ordinal}`;
  }

  #newId(): string {
    this.#created += 1;
    return `#${this.#created}`;
  }
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

/** The call whose failure is the oldest; one that failed on the same connection before all others. */
function longestFailed(calls: readonly OpenCall[], connection: number): OpenCall | undefined {
  const here = calls.find(({ failure }) => failure?.connection === connection);
  return here ?? calls.toSorted((a, b) => (a.failure?.at ?? 0) - (b.failure?.at ?? 0))[0];
}

interface Named {
  readonly id: string;
  readonly evidence: Evidence;
}

/** Names are kept up to this length; longer ones are told apart by their beginning. */
const MAX_NAME_LENGTH = 256;

function nameOf({ pathCall, headers }: Sighting): Named | undefined {
  const name = (evidence: Evidence, value: string) => ({ id: `${evidence}:${value.slice(0, MAX_NAME_LENGTH)}`, evidence });
  if (pathCall !== undefined) return name('path', pathCall);
  const requestId = headers['x-client-request-id'];
  if (requestId !== undefined && requestId !== '') return name('client-request-id', requestId);
  const key = headers['idempotency-key'];
  return key === undefined || key === '' ? undefined : name('idempotency-key', key);
}

function isNamed(callId: string): boolean {
  return callId.includes(':');
}

/** What a request says of itself, and whether its call would be the only one that says the same. */
interface Mark {
  readonly retryCount: number | undefined;
  readonly alone: boolean;
}

/** Whether the request can be the next attempt of a call that failed. */
function couldRetry(call: OpenCall, { at, connection }: Sighting, { retryCount, alone }: Mark): boolean {
  const { failure } = call;
  if (failure === undefined) return false;
  // The client opened this connection before it could know of the failure, and has not used it since.
  if (connection.requests === 1 && connection.acceptedAt < failure.knownAt) return false;
  if (retryCount !== undefined && retryCount > 0) return call.retryCount === retryCount - 1;
  if (isNamed(call.id)) return false;
  if (retryCount === undefined) return call.retryCount === undefined;
  // A count of 0 after a failure: a layer above the SDK retries. Until the SDK's own retry is overdue, or when others
  // say the same, it is rather another call.
  if (call.retryCount === undefined || !alone) return false;
  return call.retryCount >= DEFAULT_RETRIES || at - failure.at > ownRetryDueMs(call.retryCount, failure.hintMs);
}

/** When an SDK that counts its retries would have retried by itself (wire.md 7.1): its hint, else min(0.5·2ⁿ, 8) s. */
function ownRetryDueMs(retryCount: number, hintMs: number | undefined): number {
  const backoffMs = Math.min(500 * 2 ** retryCount, 8_000);
  return hintMs !== undefined && hintMs <= LONGEST_OBEYED_HINT_MS ? Math.max(hintMs, SHORTEST_DUE_MS) : backoffMs;
}

function readCount(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,6}$/.test(text) ? Number(text) : undefined;
}

/** The id of a call as people see it: the token of the path, `header:value`, or `#` and a number. */
export function callLabel(callId: string): string {
  return /^path:[^#]/.test(callId) ? callId.slice('path:'.length) : callId;
}
