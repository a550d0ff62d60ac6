import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { journalEntry } from './journal-entry.ts';

/** One exchange of a simulated run. Times in milliseconds since its beginning. */
export interface Exchange {
  readonly call: string;
  readonly at: number;
  /** Null: the connection is reset. */
  readonly status: number | null;
  /** Default 10. */
  readonly tookMs?: number;
  /** Value of `Retry-After`, in seconds. */
  readonly retryAfter?: number;
  readonly left?: boolean;
  readonly more?: Partial<JournalEntry>;
}

/** The run begins here on the journal's clock. */
export const T0 = 100_000;

/** Exchanges → the journal that a mock would have kept of them, in order of arrival. */
export function journalOf(exchanges: readonly Exchange[]): JournalEntry[] {
  const attempts = new Map<string, number>();
  const sorted = [...exchanges].sort((a, b) => a.at - b.at);
  return sorted.map((exchange, index) => {
    const attempt = (attempts.get(exchange.call) ?? 0) + 1;
    attempts.set(exchange.call, attempt);
    return entryOf(exchange, index + 1, attempt);
  });
}

const CODES: Record<number, string> = { 429: 'rate_limit_exceeded', 500: 'server_error', 503: 'overloaded' };

function entryOf(exchange: Exchange, seq: number, attempt: number): JournalEntry {
  const { call, at, status, tookMs = 10, retryAfter, left = false, more } = exchange;
  const arrived = T0 + at;
  const ended = arrived + tookMs;
  const answered = status !== null && !left;
  const answeredAt = answered ? ended : null;
  const asked = answered && retryAfter !== undefined;
  return journalEntry({
    seq,
    time: new Date(Date.UTC(2026, 0, 1) + at).toISOString(),
    logicalId: `path:${call}`,
    attemptSeq: attempt,
    connId: seq,
    t_accept: arrived,
    t_headers: arrived,
    t_firstByteBefore: answeredAt,
    t_lastByte: answeredAt,
    t_clientClose: left ? ended : null,
    t_end: ended,
    closedBy: left ? 'client' : status === null ? 'server' : null,
    bytesOut: answered ? 200 : 0,
    bodySha256: call,
    faultApplied: status === 200 ? null : { rule: 'rule 1', faults: [{ name: 'server_error', params: {} }] },
    status: left ? null : status,
    errorCode: status === null ? null : (CODES[status] ?? null),
    hint: asked ? { header: 'retry-after', raw: String(retryAfter), dueAt: ended + retryAfter * 1_000 } : null,
    ...more,
  });
}
