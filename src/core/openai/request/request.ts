import type { BodyMemo } from '../../memo/body-memo.ts';
import type { Carrier } from '../../wire/carrier.ts';
import type { Protocol } from '../../wire/protocol.ts';
import type { Dialect } from '../dialects/dialect.ts';
import type { ErrorAnswer } from '../errors/error-answer.ts';
import type { StoreFinding, StoreReference } from '../store/session-store.ts';
import type { AnswerEditor } from '../wire/answer-editor.ts';
import type { SocketProtocol } from '../wire/socket-protocol.ts';
import type { StreamGrammar } from '../wire/stream-grammar.ts';
import type { Said } from './said.ts';
import type { SpentTokens } from './spent-tokens.ts';

/** A text, or the ids of its tokens. */
export type Input = string | readonly number[];

/**
 * What the shared parts of the core ask about the endpoint of a request: its URL, its gate, its model and its prompt.
 * A family declares these with `defineEndpoint`.
 */
export interface RequestEndpoint {
  /** The name that `match: { endpoint }` uses: `chat.completions`. */
  readonly name: string;
  readonly method: 'GET' | 'POST' | 'DELETE';
  /** The path. `{…}` stands for one segment; for all that follows where the path names a model. */
  readonly path: string;
  /** The request needs an API key. */
  readonly authenticated: boolean;
  /** The gateway answers for the key, the JSON and the model. Without it the API service does (wire.md 0). */
  readonly gateway: boolean;
  /** The request has a JSON body. */
  readonly takesJson: boolean;
  /** The request has a form as its body: multipart/form-data. */
  readonly takesForm?: true;
  /** The body names a model. */
  readonly takesModel: boolean;
  /** The request draws from the rate limits of its account, and the answer shows them (wire.md 2.3). */
  readonly limited: boolean;
  /** False for a request that only looks around: the clock of the session does not begin with it. */
  readonly startsClock?: boolean;
  /** Headers of the API service that its answers lack, successes and errors alike. Lower-case. */
  readonly withoutHeaders?: readonly string[];
  /** A refused key is told how to bring one: `www-authenticate`. */
  readonly challenges?: boolean;
  /** The model of a request that names none (wire.md 5). Without it a model is required. */
  readonly defaultModel?: string;
  /** The model that the path names. */
  readonly modelInPath?: (path: string) => string;
  /** How its answers are damaged. Without it, a model makes nothing up for them. */
  readonly answer?: AnswerEditor;
  /** Whether its answers of success are JSON objects in one piece, where they are not always; false where they never are. */
  readonly answersJson?: false | ((request: ApiRequest) => boolean);
  /** How its streams are written. Without it the endpoint never streams. */
  readonly stream?: StreamGrammar;
  /** The request makes a WebSocket of its connection, on which this is spoken. Without it, it does not. */
  readonly socket?: SocketProtocol;
  /** What the request asks. Without it, nothing. */
  readonly prompt?: PromptReader;
  /** What the request refers to of what the session keeps; undefined where nothing. Asked of requests that are good in themselves. */
  readonly refersTo?: (request: ApiRequest) => StoreReference | undefined;
  /** The requests that the service is to make before it answers, by what was found of what the request refers to. Without it, none. */
  readonly batched?: (request: ApiRequest, found: StoreFinding) => readonly BatchedRequest[];
}

/** A request that a client leaves to the service to make. */
export interface BatchedRequest {
  /** A name of its own among those of the same batch. */
  readonly name: string;
  readonly path: string;
  /** Its body, as JSON. */
  readonly body: string;
}

/** What became of it. */
export interface BatchedAnswer {
  readonly name: string;
  readonly status: number;
  /** A UUID. */
  readonly requestId: string;
  /** The body, as JSON on one line. */
  readonly json: string;
  readonly tokens: SpentTokens;
  /** How long it took, in milliseconds. */
  readonly tookMs: number;
}

/** A form as it was sent: texts by their names, and what has a filename. */
export interface SentForm {
  readonly texts: Readonly<Record<string, string>>;
  readonly files: Readonly<Record<string, SentFile>>;
}

export interface SentFile {
  readonly filename: string;
  readonly content: Uint8Array;
}

/** How an endpoint finds the prompt of a request in its fields. */
export interface PromptReader {
  /** The field of a request that holds it. */
  readonly field: string;
  /** The inputs, for an endpoint that takes no messages. */
  inputs?(fields: Fields): readonly Input[];
  /** The texts, in order, and how many tokens stand beside them: of the frame of messages, and ids. */
  content(fields: Fields): { readonly texts: readonly string[]; readonly otherTokens: number };
  /** The text of the last message of the user, or of the last input; empty when there is none. */
  lastText(fields: Fields): string;
  /** The last of what was sent is the result of a tool call. Without it, never. */
  answersTool?(fields: Fields): boolean;
  /** What was said so far, and by whom, in order. Without it, there is no conversation. */
  thread?(fields: Fields): readonly Said[];
  /** What is asked, part by part, in the words that all APIs that take it have in common. */
  question(fields: Fields): Iterable<string>;
  /** Tokens that the limits count before the model runs (wire.md 2.5). */
  precount(fields: Fields): number;
}

/** What a request has that came as a frame of a WebSocket. Plain data. */
export interface SocketTurn {
  /** Stands for the connection, and is the same in all of its turns. */
  readonly socket: string;
  /** It goes on from the last response of the connection, which may be kept nowhere else. */
  readonly continuesLast: boolean;
  /** Without it the response is prepared, and says nothing. */
  readonly generates: boolean;
}

/** The fields of a request. */
export type Fields = Readonly<Record<string, unknown>>;

/** What arrived, reduced to what answers depend on: it is in memory as long as its answer is under way. */
export interface ApiRequest {
  readonly method: string;
  /** Path without the session and call prefix and without the query: `/v1/chat/completions`. */
  readonly path: string;
  /** What stands behind `?`; undefined where nothing does. */
  readonly query: string | undefined;
  /** The header fields of these names. */
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly endpoint: RequestEndpoint | undefined;
  /** The service that is asked, by the way it speaks. */
  readonly dialect: Dialect;
  /** The deployment that the path names: it goes before the model of the body. */
  readonly deployment?: string | undefined;
  /** Why nothing is served at this address, though there is an endpoint. */
  readonly misdirected?: ErrorAnswer | undefined;
  /** It brings an access token, and no key. */
  readonly bringsToken?: boolean | undefined;
  /** The API key; undefined when there is none. */
  readonly key: string | undefined;
  /** The first 16 hex digits of the SHA-256 of the header that carries the credential; undefined when there is none. */
  readonly keyHash: string | undefined;
  /** The parsed JSON body; undefined when there is none or it is not JSON. */
  readonly body: unknown;
  /** True when a body was required and what came is not JSON, or no form where one was required. */
  readonly malformed: boolean;
  readonly bodyBytes: number;
  /** The form that was sent; undefined where none was, or nothing can be read of it. */
  readonly form?: SentForm | undefined;
  /** What its answer travels in. Default: a response of HTTP. */
  readonly carrier?: Carrier;
  /** Default: HTTP/1.1. */
  readonly protocol?: Protocol | undefined;
  /** What it has as a frame of a WebSocket; undefined where it is none. */
  readonly turn?: SocketTurn | undefined;
  /** Hash of key, method, path and raw body: equal for equal requests. */
  readonly fingerprint: string;
  /** What was found out about requests with the same raw body. */
  readonly memo: BodyMemo | undefined;
}

/** The fields of the body when it is a JSON object, else none. */
export function fieldsOf(request: ApiRequest): Fields {
  return asRecord(request.body) ?? {};
}

/** Whether the answer, if all goes well, is a stream of events. */
export function isStreamed(request: ApiRequest): boolean {
  return request.endpoint?.stream !== undefined && fieldsOf(request)['stream'] === true;
}

/** The value as a record when it is a JSON object. */
export function asRecord(value: unknown): Fields | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Fields) : undefined;
}

/** The value as a list when it is a JSON array, else an empty list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The deployment or the model that the path names, else the `model` of the body, else the one that answers where none is named. */
export function modelOf(request: ApiRequest): string | undefined {
  const { endpoint, deployment } = request;
  if (deployment !== undefined) return deployment;
  if (endpoint?.modelInPath !== undefined) return endpoint.modelInPath(request.path);
  const model = fieldsOf(request)['model'];
  return typeof model === 'string' ? model : endpoint?.defaultModel;
}
