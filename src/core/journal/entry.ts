import type { Certainty } from '../correlation/certainty.ts';
import type { Evidence } from '../correlation/correlation.ts';
import type { FaultCall } from '../faults/registry.ts';
import type { DialectName } from '../openai/dialects/dialect-name.ts';
import type { ToolResult } from '../openai/request/tool-results.ts';
import type { Layer } from '../openai/wire/layer.ts';
import type { Http2Code } from '../wire/http2-code.ts';
import type { Protocol } from '../wire/protocol.ts';
import type { Recorded } from './recorded.ts';

/** The wait that an answer asked for. */
export interface Hint {
  readonly header: 'retry-after' | 'retry-after-ms';
  readonly raw: string;
  /** When it ends, on the journal's clock; null when the value is none that can be waited for. */
  readonly dueAt: number | null;
  /** The other header, when both were sent and both can be waited for. */
  readonly other?: Omit<Hint, 'other'>;
}

/**
 * How an exchange ended before its answer was complete. `fin`, `reset`: the TCP connection did, with all that was under way on it.
 * `rst_stream`: its stream of HTTP/2 alone. `go_away`: its stream, which a GOAWAY said is not processed.
 */
export type ClosedHow = 'fin' | 'reset' | 'rst_stream' | 'go_away';

/**
 * One request: what came, what was decided, what went over the wire. Field names and definitions are those of
 * backoff.md 2.1. All `t_` times are milliseconds of one monotonic clock; `time` is for display.
 */
export interface JournalEntry {
  /** 1, 2, 3 … within the session. */
  readonly seq: number;
  readonly run: string;
  readonly session: string;
  readonly scenario: string;
  readonly seed: number;
  /** ISO 8601, wall clock, when the head of the request had arrived. */
  readonly time: string;

  readonly logicalId: string;
  /** How `logicalId` was found, and how certain that is. */
  readonly logicalIdFrom: Evidence;
  readonly certainty: Certainty;
  /** Position within the call; 1 is the first try. */
  readonly attemptSeq: number;

  /** The TCP connection. */
  readonly connId: number;
  /** 1 for the first request of the connection. */
  readonly connReqSeq: number;
  readonly remotePort: number | null;
  /** Of a request by WebSocket, all that is said of the answer is said of its frames. */
  readonly protocol: Protocol;
  /** The stream of HTTP/2 on its connection: 1, 3, 5 …; null where there is none. */
  readonly streamId: number | null;
  /** The version of TLS, `TLSv1.3`; null where the connection was plain, and as long as its handshake was not over. */
  readonly tls: string | null;
  /** Whether the client went on with a TLS session that it had before; null as `tls`. */
  readonly tlsResumed: boolean | null;

  readonly t_accept: number;
  readonly t_headers: number;
  readonly t_bodyEnd: number | null;
  /** Just before the head was handed to the socket. */
  t_firstByteBefore: number | null;
  t_lastByte: number | null;
  /** When the client closed the connection before the answer was complete. */
  t_clientClose: number | null;
  /** When the exchange was over, one way or another. */
  t_end: number | null;
  /** Who ended the exchange before the answer was complete; null when it was completed. */
  closedBy: 'client' | 'server' | null;
  /** Bytes of the answer's body that the kernel took from us. */
  bytesOut: number;
  /**
   * How the exchange ended before the answer was complete; null when it was completed. A client's RST that was read together
   * with its last bytes counts as a FIN: the system does not tell.
   */
  closedHow: ClosedHow | null;
  /** The code by which the stream of HTTP/2 was reset, `refused_stream`; null where it was not. */
  resetCode: Http2Code | null;
  /** Content chunks of a stream that the kernel took: those with text, or with parts of a call. */
  chunksOut: number;
  /** Events of a stream that the kernel took: chunks of every kind, errors and `[DONE]`. */
  eventsOut: number;

  readonly method: string;
  readonly path: string;
  readonly endpoint: string | null;
  /** The service that was asked, by its way to speak. */
  readonly dialect: DialectName;
  /** OpenAI has the URL, or it lacks its session, and the mock does not serve it: the request is in no rule and in no figure. */
  readonly unserved: boolean;
  readonly model: string | null;
  readonly stream: boolean;
  readonly bodyBytes: number;
  readonly bodySha256: string;
  /** SHA-256 of the body as JSON with sorted keys and without `stream_options`; null when it is not JSON or not kept. */
  readonly bodyShaCanonical: string | null;
  /**
   * Hash of what is asked, equal for the same question to another model, key, service or API: 16 hex digits. Null where it was
   * not looked at: of what succeeds before the first failure of the session, and of what asks nothing.
   */
  question: string | null;
  /** First 16 hex digits of the SHA-256 of the header with the credential, Authorization or (of Azure) api-key; null without one. */
  readonly authorizationHash: string | null;
  /** Headers of interest, as sent. */
  readonly headers: Readonly<Record<string, string>>;

  /**
   * The rule that fired, and the faults it applied. Null for a healthy or naturally failed request. Of one that the server went down
   * under: the rule that took it down, with the faults that the request had met until then before its own.
   */
  faultApplied: FaultApplied | null;
  /** The layer that refused the request by itself. */
  refusedBy: Layer | null;
  /** How long the request waited for its turn under a `capacity`, in milliseconds; null without one, and when refused. */
  queuedMs: number | null;
  /** Tokens that the answer cost: prompt, thoughts, and what had been made of a stream that was cut. 0 for what was refused. */
  billedTokens: number;
  status: number | null;
  errorCode: string | number | null;
  errorType: string | null;
  hint: Hint | null;
  /** `x-should-retry` of the answer (wire.md 7.1). */
  shouldRetry: string | null;
  /** When the next request would be admitted, where the answer said that none remain; on the journal's clock. */
  paceDueAt: number | null;
  /** It failed, and an equal request that follows is taken for its retry. */
  retryable: boolean;
  /** UTF-16 units of the answer that a retry begins, to resume a stream that broke off; null for a first attempt, and where it begins none. */
  readonly begunAnswer: number | null;
  /** Ids of calls of functions that went out with arguments that are not JSON, by a fault; null where there are none. */
  readonly brokenCalls: readonly string[] | null;
  /** The results that the request brings, in a session in which such calls went out; else null. */
  readonly toolResults: readonly ToolResult[] | null;
  /**
   * What the request was not refused for, where the scenario checks less than OpenAI does: a JSON pointer and what is wrong
   * there, `/top_k unknown parameter`. Null where there is nothing.
   */
  readonly letThrough: readonly string[] | null;
  /** Bodies and header fields, where the scenario has `record:`; else null, and where it fell out of the journal. */
  readonly recorded: Recorded | null;
  readonly xRequestId: string;
}

export interface FaultApplied {
  /** Id of the rule, or `x-mock-fault`. */
  readonly rule: string;
  /** 1-based step of a sequence. */
  readonly step?: number;
  /** The rule strikes a call for a while only: one that goes on gets past it. */
  readonly passes?: true;
  readonly faults: readonly FaultCall[];
}

/** Request headers that the journal keeps (backoff.md 2.1). */
export const HEADERS_OF_INTEREST = [
  'x-stainless-retry-count',
  'x-stainless-timeout',
  'x-stainless-read-timeout',
  'x-stainless-lang',
  'x-stainless-package-version',
  'x-client-request-id',
  'idempotency-key',
  'user-agent',
  'accept',
];
