import { isRetryableAfter, type RetryExpectation } from '../core/backoff/history/retryable.ts';
import type { Clock } from '../core/clock.ts';
import { callLabel } from '../core/correlation/call-name.ts';
import type { Correlation } from '../core/correlation/correlation.ts';
import type { Outcome } from '../core/correlation/outcome.ts';
import type { BoundFault } from '../core/faults/bound-fault.ts';
import { type FaultApplied, HEADERS_OF_INTEREST, type JournalEntry } from '../core/journal/entry.ts';
import { failureKind } from '../core/journal/failure-kind.ts';
import { grammarOf } from '../core/journal/grammar-of.ts';
import { rememberLast } from '../core/memo/remember-last.ts';
import type { ErrorAnswer } from '../core/openai/errors/error.ts';
import { type ApiRequest, fieldsOf, modelOf } from '../core/openai/request/request.ts';
import { msBetween } from '../core/units/ms-between.ts';
import type { Head } from '../core/wire/effect.ts';
import { fieldIn } from '../core/wire/header-field.ts';
import { begunAnswerIn } from './begun-answer-in.ts';
import type { Draws } from './draws.ts';
import { hintOf } from './hint.ts';
import type { Incoming, TlsFacts } from './incoming.ts';
import { paceDueAt } from './pace.ts';
import type { Performed } from './performed.ts';

/** Where records belong: the same for all that come under one plan. */
export interface RecordPlace {
  readonly session: string;
  readonly run: string;
  readonly scenario: string;
  readonly seed: number;
}

/** A journal entry as it is kept; `entryView` makes of it what is shown. */
export interface JournalRecord
  extends Omit<
    JournalEntry,
    | keyof RecordPlace
    | 'time'
    | 'tls'
    | 'tlsResumed'
    | 'headers'
    | 'bodyShaCanonical'
    | 'unserved'
    | 'brokenCalls'
    | 'toolResults'
    | 'letThrough'
    | 'recorded'
  > {
  readonly place: RecordPlace;
  readonly tls: TlsFacts | null;
  /** Wall clock, when the head of the request had arrived. */
  readonly wallMs: number;
  /** Where the body is kept; -1 where it is not. */
  readonly bodyAt: number;
  /** Where the recorded request and its answer are kept; -1 where they are not. */
  readonly recordedRequestAt: number;
  recordedResponseAt: number;
  /** Ids, with spaces between them. */
  brokenCalls: string | null;
  /** What the request was not refused for, a line each. */
  readonly letThrough: string | null;
  /** The values of HEADERS_OF_INTEREST, in their order. */
  readonly headers: readonly (string | null)[];
}

/** What is known of a request when its fate has been decided. */
export interface Received extends Draws {
  readonly incoming: Incoming;
  readonly request: ApiRequest;
  readonly bodySha256: string;
  readonly recognition: Correlation;
  readonly refusal: Pick<ErrorAnswer, 'layer'> | undefined;
  readonly applied: FaultApplied | null;
  /** What the request was not refused for; undefined where there is nothing. */
  readonly letThrough?: readonly string[] | undefined;
  /** The request as the journal keeps it, in JSON; undefined where it does not. */
  readonly recorded?: string | undefined;
}

/** What a record says besides what is known of its request. */
export interface RecordFrame {
  readonly seq: number;
  readonly place: RecordPlace;
  readonly wallMs: number;
  readonly bodyAt: number;
  readonly recordedRequestAt: number;
}

/** The record of a request that is about to be answered. */
export function recordOf(received: Received, { seq, place, wallMs, bodyAt, recordedRequestAt }: RecordFrame): JournalRecord {
  const { incoming, request, bodySha256, recognition, refusal, applied, requestId, letThrough } = received;
  const { connection, headers } = incoming;
  return {
    seq,
    place,
    wallMs,
    logicalId: callLabel(recognition.call),
    logicalIdFrom: recognition.evidence,
    certainty: recognition.certainty,
    attemptSeq: recognition.attempt,
    connId: connection.id,
    connReqSeq: connection.requests,
    remotePort: connection.remotePort,
    protocol: incoming.protocol ?? 'http/1.1',
    streamId: incoming.streamId ?? null,
    tls: connection.tls ?? null,
    t_accept: connection.acceptedAt,
    t_headers: incoming.headersAt,
    t_bodyEnd: incoming.bodyEndAt,
    t_firstByteBefore: null,
    t_lastByte: null,
    t_clientClose: null,
    closedBy: null,
    bytesOut: 0,
    closedHow: null,
    resetCode: null,
    chunksOut: 0,
    eventsOut: 0,
    method: request.method,
    path: shortened(request.path),
    endpoint: request.endpoint?.name ?? null,
    dialect: request.dialect.name,
    model: shortened(modelOf(request) ?? null),
    stream: fieldsOf(request)['stream'] === true,
    bodyBytes: incoming.body.byteLength,
    bodyAt,
    recordedRequestAt,
    recordedResponseAt: -1,
    bodySha256,
    question: recognition.question ?? null,
    authorizationHash: request.keyHash ?? null,
    headers: ofInterest(headers),
    faultApplied: applied,
    refusedBy: refusal?.layer ?? null,
    queuedMs: null,
    billedTokens: 0,
    status: null,
    errorCode: null,
    errorType: null,
    hint: null,
    t_end: null,
    xRequestId: requestId,
    shouldRetry: null,
    paceDueAt: null,
    retryable: false,
    begunAnswer: recognition.attempt === 1 ? null : begunAnswerIn(incoming.body, fieldsOf(request)),
    brokenCalls: null,
    letThrough: letThrough?.join('\n') ?? null,
  };
}

/** Most records come from the client of the one before, and share the list. */
const ofInterest = rememberLast(
  (headers: Incoming['headers']): JournalRecord['headers'] => HEADERS_OF_INTEREST.map((name) => shortened(headers[name] ?? null)),
  // To look up what the headers do not have costs more than to compare it with the list.
  (headers, { found }) => {
    for (let place = 0; place < HEADERS_OF_INTEREST.length; place++) {
      if ((headers[HEADERS_OF_INTEREST[place] ?? ''] ?? null) !== found[place]) return false;
    }
    return true;
  },
);

/** The fields that the head of an answer fills. */
export const HEAD_FIELDS = [
  't_firstByteBefore',
  'status',
  'errorCode',
  'errorType',
  'hint',
  'shouldRetry',
  'paceDueAt',
  'refusedBy',
] as const satisfies readonly (keyof JournalRecord)[];

/** What the head of an answer tells the journal. */
export type HeadNotes = Pick<JournalRecord, (typeof HEAD_FIELDS)[number]>;

/** What is to be noted of a head, just before it goes out. */
export function headNotesOf(head: Head, clock: Clock): HeadNotes {
  const { status, errorCode = null, errorType = null, refusedBy = null } = head;
  const at = clock.now();
  return {
    t_firstByteBefore: at,
    status,
    errorCode,
    errorType,
    hint: hintOf(head, at, clock),
    shouldRetry: fieldIn(head, 'x-should-retry') ?? null,
    paceDueAt: paceDueAt(head, at),
    refusedBy,
  };
}

/** Notes in the record what goes out. Field by field, for all requests come by here. */
export function noteHead(record: JournalRecord, notes: HeadNotes): void {
  record.t_firstByteBefore = notes.t_firstByteBefore;
  record.status = notes.status;
  record.errorCode = notes.errorCode;
  record.errorType = notes.errorType;
  record.hint = notes.hint;
  record.shouldRetry = notes.shouldRetry;
  record.paceDueAt = notes.paceDueAt;
  record.refusedBy ??= notes.refusedBy;
}

/** When an exchange ended, on the engine's clock: a whole reply with its last byte. To be asked as it ends. */
export function endedAtOf({ lastByteAt, clientCloseAt, closedBy }: Performed, clock: Clock): number {
  return clientCloseAt ?? (closedBy === null ? lastByteAt : null) ?? clock.now();
}

/** What is known of the end of an exchange beside what went over the wire. */
interface RecordEnd {
  readonly endedAt: number;
  readonly expectation: RetryExpectation;
  /** Those that the request met. */
  readonly faults: readonly BoundFault[];
  /** What it asked, as far as that is still known. Found where the request failed. */
  question(): string | undefined;
}

/** Notes in the record how the exchange ended; tells what that means for the call. */
export function noteEnd(
  record: JournalRecord,
  performed: Performed,
  { endedAt, expectation, faults, question }: RecordEnd,
): Outcome {
  const { lastByteAt, clientCloseAt, closedBy } = performed;
  record.t_lastByte = lastByteAt;
  record.t_clientClose = clientCloseAt;
  record.closedBy = closedBy;
  record.closedHow = performed.closedHow;
  record.resetCode = performed.resetCode;
  record.bytesOut = performed.bytesOut;
  record.chunksOut = performed.chunksOut;
  record.eventsOut = performed.eventsOut;
  record.t_end = endedAt;
  const { t_firstByteBefore: headAt, hint } = record;
  // Only its end shows that an answer of success was spoilt.
  const failure = failureKind(record, faults, grammarOf(record));
  record.retryable = isRetryableAfter(failure, record, expectation);
  if (failure !== undefined) record.question ??= question() ?? null;
  const knownAt = failure === 'content' ? endedAt : (headAt ?? endedAt);
  return {
    at: clientCloseAt ?? knownAt,
    retryable: record.retryable,
    permanent: failure !== undefined && !record.retryable,
    question: failure === undefined ? undefined : (record.question ?? undefined),
    delivered: failure === undefined && closedBy !== 'client',
    hintMs: hint?.dueAt == null || headAt === null ? undefined : msBetween(headAt, hint.dueAt),
    connection: record.connId,
    clientLeft: closedBy === 'client',
  };
}

/** Texts of a request are kept up to this length: the journal is bounded in bytes, too. */
const MAX_TEXT_LENGTH = 512;

function shortened<T extends string | null>(text: T): T | string {
  return text !== null && text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH - 1)}…` : text;
}
