import type { JournalRecord } from './record.ts';

/**
 * How the archive keeps a field of a record.
 * - `number`: a number or null
 * - `shared`: a value that many records have in common
 * - `text`: a text of the record alone
 * - `plain text`: the same, of signs that JSON does not change
 * - `client text`: texts that most records have in common with the one before
 */
export type ColumnKind = 'number' | 'shared' | 'text' | 'plain text' | 'client text';

type KindsFor<T> = [T] extends [number | null] ? 'number' : Exclude<ColumnKind, 'number'>;

/** The fields of a record, in the order of the journal's JSON. The compiler knows that none is missing. `seq` is its place. */
export const RECORD_COLUMNS = {
  place: 'shared',
  wallMs: 'number',
  logicalId: 'text',
  logicalIdFrom: 'shared',
  certainty: 'shared',
  attemptSeq: 'number',
  connId: 'number',
  connReqSeq: 'number',
  remotePort: 'number',
  protocol: 'shared',
  streamId: 'number',
  tls: 'shared',
  t_accept: 'number',
  t_headers: 'number',
  t_bodyEnd: 'number',
  t_firstByteBefore: 'number',
  t_lastByte: 'number',
  t_clientClose: 'number',
  t_end: 'number',
  closedBy: 'shared',
  closedHow: 'shared',
  resetCode: 'shared',
  bytesOut: 'number',
  chunksOut: 'number',
  eventsOut: 'number',
  method: 'shared',
  path: 'client text',
  endpoint: 'shared',
  dialect: 'shared',
  model: 'client text',
  stream: 'shared',
  bodyBytes: 'number',
  bodyAt: 'number',
  recordedRequestAt: 'number',
  recordedResponseAt: 'number',
  bodySha256: 'plain text',
  question: 'text',
  authorizationHash: 'client text',
  headers: 'client text',
  faultApplied: 'shared',
  refusedBy: 'shared',
  queuedMs: 'number',
  billedTokens: 'number',
  status: 'number',
  errorCode: 'shared',
  errorType: 'shared',
  hint: 'shared',
  shouldRetry: 'shared',
  paceDueAt: 'number',
  retryable: 'shared',
  begunAnswer: 'number',
  brokenCalls: 'client text',
  letThrough: 'client text',
  xRequestId: 'plain text',
} as const satisfies { readonly [Name in Exclude<keyof JournalRecord, 'seq'>]: KindsFor<JournalRecord[Name]> };

export type ColumnName = keyof typeof RECORD_COLUMNS;
