import { isRetryable } from '../../src/core/backoff/history/invites-retry.ts';
import type { JournalEntry } from '../../src/core/journal/entry.ts';

/** The parts of an entry that a test speaks of; times in milliseconds. */
export type EntryParts = Partial<JournalEntry>;

const BLANK: JournalEntry = {
  seq: 1,
  run: 'run',
  session: 'default',
  scenario: 'test',
  seed: 1,
  time: '2026-07-10T18:54:12.000Z',
  logicalId: '#1',
  logicalIdFrom: 'path',
  certainty: 'exact',
  attemptSeq: 1,
  connId: 1,
  connReqSeq: 1,
  remotePort: 50_000,
  tlsResumed: null,
  t_accept: 0,
  t_headers: 0,
  t_bodyEnd: 0,
  t_firstByteBefore: 0,
  t_lastByte: 0,
  t_clientClose: null,
  t_end: 0,
  closedBy: null,
  closedHow: null,
  bytesOut: 100,
  chunksOut: 0,
  eventsOut: 0,
  method: 'POST',
  path: '/v1/chat/completions',
  endpoint: 'chat.completions',
  unserved: false,
  model: 'gpt-4o',
  stream: false,
  bodyBytes: 60,
  bodySha256: 'b0d1',
  bodyShaCanonical: 'ca11',
  authorizationHash: 'a0',
  headers: {},
  faultApplied: null,
  refusedBy: null,
  queuedMs: null,
  status: 200,
  errorCode: null,
  errorType: null,
  hint: null,
  shouldRetry: null,
  paceDueAt: null,
  retryable: false,
  xRequestId: 'req_1',
};

/** A journal entry that was answered one millisecond after it arrived, unless the parts say otherwise. No policy says what is to be retried. */
export function journalEntry(parts: EntryParts = {}): JournalEntry {
  const arrivedAt = parts.t_headers ?? 0;
  const answeredAt = arrivedAt + 1;
  const entry = {
    ...BLANK,
    t_bodyEnd: arrivedAt,
    t_firstByteBefore: answeredAt,
    t_lastByte: answeredAt,
    t_end: answeredAt,
    ...parts,
  };
  return { ...entry, retryable: parts.retryable ?? isRetryable(entry, { retries: [], neverRetries: [] }) };
}
