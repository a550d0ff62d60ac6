import { failureOf } from '../core/backoff/failure.ts';
import { callLabel } from '../core/calls/call-name.ts';
import type { Outcome } from '../core/calls/outcome.ts';
import type { Recognition } from '../core/calls/sighting.ts';
import type { Clock } from '../core/clock.ts';
import { type FaultApplied, HEADERS_OF_INTEREST, type JournalEntry } from '../core/journal/entry.ts';
import type { ErrorAnswer } from '../core/openai/error.ts';
import { type ApiRequest, fieldsOf, modelOf } from '../core/openai/request.ts';
import type { Plan } from '../core/plan/compile.ts';
import { fork, pick } from '../core/random.ts';
import type { Head } from '../core/reply/effect.ts';
import { fieldOf } from '../core/reply/field.ts';
import { hintOf } from './hint.ts';
import { type Incoming, sha256 } from './incoming.ts';
import { paceDueAt } from './pace.ts';
import type { Performed } from './performed.ts';

/** A journal entry as it is kept: the body stays as bytes until somebody reads the journal. */
export interface JournalRecord extends Omit<JournalEntry, 'bodyShaCanonical'> {
  body: Uint8Array | undefined;
}

/** What is known of a request when its fate has been decided. */
export interface Received {
  readonly incoming: Incoming;
  readonly request: ApiRequest;
  readonly bodySha256: string;
  readonly recognition: Recognition;
  readonly refusal: ErrorAnswer | undefined;
  readonly applied: FaultApplied | null;
  readonly requestId: string;
}

/** Where a record belongs. */
export interface RecordPlace {
  readonly seq: number;
  readonly session: string;
  readonly run: string;
  readonly plan: Plan;
  readonly wallMs: number;
}

/** The record of a request that is about to be answered. */
export function recordOf(received: Received, { seq, session, run, plan, wallMs }: RecordPlace): JournalRecord {
  const { incoming, request, bodySha256, recognition, refusal, applied, requestId } = received;
  const { connection, headers } = incoming;
  const authorization = headers['authorization'];
  return {
    seq,
    run,
    session,
    scenario: plan.name,
    seed: plan.seed,
    time: new Date(wallMs).toISOString(),
    logicalId: callLabel(recognition.call),
    logicalIdFrom: recognition.evidence,
    certainty: recognition.certainty,
    attemptSeq: recognition.attempt,
    connId: connection.id,
    connReqSeq: connection.requests,
    remotePort: connection.remotePort,
    tlsResumed: null,
    t_accept: connection.acceptedAt,
    t_headers: incoming.headersAt,
    t_bodyEnd: incoming.bodyEndAt,
    t_firstByteBefore: null,
    t_lastByte: null,
    t_clientClose: null,
    closedBy: null,
    bytesOut: 0,
    closedHow: null,
    chunksOut: 0,
    eventsOut: 0,
    method: request.method,
    path: shortened(request.path) ?? '',
    endpoint: request.endpoint ?? null,
    model: shortened(modelOf(request)) ?? null,
    stream: fieldsOf(request)['stream'] === true,
    bodyBytes: incoming.body.byteLength,
    bodySha256,
    authorizationHash: authorization === undefined ? null : sha256(authorization).slice(0, 16),
    headers: headersOfInterest(headers),
    faultApplied: applied,
    refusedBy: refusal?.layer ?? null,
    queuedMs: null,
    status: null,
    errorCode: null,
    hint: null,
    t_end: null,
    xRequestId: requestId,
    shouldRetry: null,
    paceDueAt: null,
    body: incoming.body,
  };
}

/** Notes in the record what goes out, just before it does. */
export function noteHead(record: JournalRecord, { status, headers, errorCode = null }: Head, clock: Clock): void {
  const at = clock.now();
  record.t_firstByteBefore = at;
  record.status = status;
  record.errorCode = errorCode;
  record.hint = hintOf(headers, at, clock.wall());
  record.shouldRetry = fieldOf(headers, 'x-should-retry') ?? null;
  record.paceDueAt = paceDueAt(headers, at);
}

/** Notes in the record how the exchange ended; tells what that means for the call. */
export function noteEnd(record: JournalRecord, performed: Performed, clock: Clock): Outcome {
  const { lastByteAt, clientCloseAt, closedBy } = performed;
  const endedAt = clientCloseAt ?? clock.now();
  record.t_lastByte = lastByteAt;
  record.t_clientClose = clientCloseAt;
  record.closedBy = closedBy;
  record.closedHow = performed.closedHow;
  record.bytesOut = performed.bytesOut;
  record.chunksOut = performed.chunksOut;
  record.eventsOut = performed.eventsOut;
  record.t_end = endedAt;
  const { t_firstByteBefore: headAt, hint } = record;
  const failure = failureOf(record);
  return {
    at: clientCloseAt ?? headAt ?? endedAt,
    status: record.status ?? undefined,
    complete: failure === undefined || (closedBy === null && failure !== 'content'),
    hintMs: hint?.dueAt == null || headAt === null ? undefined : hint.dueAt - headAt,
    shouldRetry: record.shouldRetry ?? undefined,
    connection: record.connId,
    clientLeft: closedBy === 'client',
  };
}

function headersOfInterest(headers: Incoming['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const name of HEADERS_OF_INTEREST) {
    const value = shortened(headers[name]);
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}

/** Texts of a request are kept up to this length: the journal is bounded in bytes, too. */
const MAX_TEXT_LENGTH = 512;

function shortened(text: string | undefined): string | undefined {
  return text !== undefined && text.length > MAX_TEXT_LENGTH ? `${text.slice(0, MAX_TEXT_LENGTH - 1)}…` : text;
}

/** `req_` + a UUIDv4 without dashes (wire.md 2.2). */
export function requestIdOf(seed: number, drawKey: string): string {
  const hex = pick(fork(seed, 'request-id', drawKey), '0123456789abcdef', 32);
  const variant = '89ab'[Number.parseInt(hex[16] ?? '0', 16) % 4];
  return `req_${hex.slice(0, 12)}4${hex.slice(13, 16)}${variant}${hex.slice(17)}`;
}
