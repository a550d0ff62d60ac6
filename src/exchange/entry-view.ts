import { HEADERS_OF_INTEREST, type JournalEntry } from '../core/journal/entry.ts';
import { rememberLast } from '../core/memo/remember-last.ts';
import { unservedUrl } from '../core/openai/endpoints/unserved-urls.ts';
import type { JournalRecord } from './record.ts';

/**
 * The record as it is shown. `bodyShaCanonical`: see `canonicalSha`. Each field is named: a copy of fifty fields by `...` costs
 * ten times as much, and makes an object that is slow to read ever after.
 */
export function entryView(
  record: JournalRecord,
  bodyShaCanonical: string | null,
  toolResults: JournalEntry['toolResults'] = null,
  recorded: JournalEntry['recorded'] = null,
): JournalEntry {
  const { place } = record;
  return {
    session: place.session,
    run: place.run,
    scenario: place.scenario,
    seed: place.seed,
    seq: record.seq,
    logicalId: record.logicalId,
    logicalIdFrom: record.logicalIdFrom,
    certainty: record.certainty,
    attemptSeq: record.attemptSeq,
    connId: record.connId,
    connReqSeq: record.connReqSeq,
    remotePort: record.remotePort,
    protocol: record.protocol,
    streamId: record.streamId,
    tls: record.tls?.version ?? null,
    tlsResumed: record.tls?.resumed ?? null,
    t_accept: record.t_accept,
    t_headers: record.t_headers,
    t_bodyEnd: record.t_bodyEnd,
    t_firstByteBefore: record.t_firstByteBefore,
    t_lastByte: record.t_lastByte,
    t_clientClose: record.t_clientClose,
    t_end: record.t_end,
    closedBy: record.closedBy,
    closedHow: record.closedHow,
    resetCode: record.resetCode,
    bytesOut: record.bytesOut,
    chunksOut: record.chunksOut,
    eventsOut: record.eventsOut,
    method: record.method,
    path: record.path,
    endpoint: record.endpoint,
    dialect: record.dialect,
    model: record.model,
    stream: record.stream,
    bodyBytes: record.bodyBytes,
    bodySha256: record.bodySha256,
    question: record.question,
    authorizationHash: record.authorizationHash,
    faultApplied: record.faultApplied,
    refusedBy: record.refusedBy,
    queuedMs: record.queuedMs,
    billedTokens: record.billedTokens,
    status: record.status,
    errorCode: record.errorCode,
    errorType: record.errorType,
    hint: record.hint,
    shouldRetry: record.shouldRetry,
    paceDueAt: record.paceDueAt,
    retryable: record.retryable,
    begunAnswer: record.begunAnswer,
    brokenCalls: record.brokenCalls?.split(' ') ?? null,
    toolResults,
    letThrough: record.letThrough?.split('\n') ?? null,
    recorded,
    xRequestId: record.xRequestId,
    time: new Date(record.wallMs).toISOString(),
    unserved: record.endpoint === null && unservedUrl(record.method, record.path) !== undefined,
    headers: namedHeaders(record.headers),
    bodyShaCanonical,
  };
}

/** Entries of one client share them: records that have the same texts come with the same list. */
const namedHeaders = rememberLast((values: JournalRecord['headers']): JournalEntry['headers'] => {
  const headers: Record<string, string> = {};
  for (const [place, name] of HEADERS_OF_INTEREST.entries()) {
    const value = values[place];
    if (value != null) headers[name] = value;
  }
  return headers;
});
