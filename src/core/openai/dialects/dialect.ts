import type { Header, Reply } from '../../wire/effect.ts';
import type { ErrorAnswer } from '../errors/error-answer.ts';
import type { ErrorBody } from '../errors/error-body.ts';
import type { AnswerSettings } from '../request/answer-settings.ts';
import type { Bucket, RetryHints } from '../request/rate-limit-account.ts';
import type { AnswerEditor } from '../wire/answer-editor.ts';
import type { HeaderContext, HeaderProfile } from '../wire/header-profile.ts';
import type { StreamGrammar } from '../wire/stream-grammar.ts';
import type { DialectName } from './dialect-name.ts';

/** The two buckets that the headers of an answer tell of. */
export interface ShownBuckets {
  readonly requests: Bucket;
  readonly tokens: Bucket;
  /** The tokens of the project are told beside those of the organisation. */
  readonly projectTokens: boolean;
}

/** Header fields of a request. Names are lower-case. */
export type RequestHeaders = Readonly<Record<string, string | undefined>>;

/** What a service looks at to tell whether a request is for it. */
export interface Address {
  /** Without session and call, and without the query. */
  readonly path: string;
  /** What stands behind `?`; undefined where nothing does. */
  readonly query: string | undefined;
  readonly headers: RequestHeaders;
}

/** Where a request goes. */
export interface Routed {
  readonly dialect: Dialect;
  /** The path as the endpoints know it. */
  readonly path: string;
  /** The deployment that the path names: it goes before the model of the body. */
  readonly deployment?: string | undefined;
  /** Why nothing is served at this address, though there is an endpoint. It is told to those alone whose key is good. */
  readonly misdirected?: ErrorAnswer | undefined;
}

/** The part of an endpoint that differs between services. */
export interface EndpointManners {
  readonly name: string;
  /** The gateway answers for the key, the JSON and the model. */
  readonly gateway: boolean;
  readonly withoutHeaders?: readonly string[];
  readonly challenges?: boolean;
  readonly answer?: AnswerEditor;
  readonly stream?: StreamGrammar;
}

/** What a dialect sees of a request. */
interface SpokenRequest {
  readonly method: string;
  readonly path: string;
  readonly query: string | undefined;
  readonly endpoint: { readonly name: string } | undefined;
  readonly body: unknown;
  readonly deployment?: string | undefined;
  /** The request brings an access token, and no key. */
  readonly bringsToken?: boolean | undefined;
}

/** What a dialect goes by when it answers. */
export interface SpokenContext extends HeaderContext {
  readonly request: SpokenRequest;
  readonly settings: AnswerSettings;
}

/** What a response tells beside what OpenAI's does. */
export interface ResponseRemarks {
  /** The name under which the model was asked. */
  readonly model: string;
  /** What the filters found, once the response is finished. */
  readonly contentFilters: readonly unknown[];
}

/** How a batch names what it asks: a line may ask something else than its batch says. */
export interface BatchNames {
  /** The path, as the endpoints know it, of what a batch or a line of it names. */
  pathOf(name: string): string;
  /** Where the service asks itself for that path. */
  addressOf(path: string): string;
}

/** How a service speaks the families of endpoints: what differs from service to service, whatever the endpoint. */
export interface Dialect {
  readonly name: DialectName;
  /** Tells ways to speak of one service apart: `azure classic`. */
  readonly id: string;
  /** The header field that carries the credential, as it came; undefined when there is none. */
  credentialField(headers: RequestHeaders): string | undefined;
  /** Whether it is an access token, no key. Without it, it never is. */
  bringsToken?(headers: RequestHeaders): boolean;
  /** The API key in that field; undefined when there is none. */
  credential(headers: RequestHeaders): string | undefined;
  /** The JSON of an error. */
  envelope(error: ErrorBody | undefined): unknown;
  /** Layers, and the headers of each. */
  readonly headers: HeaderProfile;
  /** The headers that show the state of the rate limits, of a request for that model. */
  rateLimitHeaders(buckets: ShownBuckets, model: string): Header[];
  /** Milliseconds that a bare number in the headers of `rateLimitHeaders` stands for, where it says when a bucket is full. Without it, numbers have units. */
  readonly resetUnitMs?: number;
  /** How a 429 says when to come back, where the scenario does not say. */
  readonly hints: RetryHints;
  /** The id of a request as answers tell it. Without it, as it was drawn. */
  requestId?(drawn: string): string;
  /** The model behind a name; undefined where nothing has that name. Without it, names are those of models. */
  modelBehind?(name: string, settings: Pick<AnswerSettings, 'azure'>): string | undefined;
  /** OpenAI's id of a model that this service names in its own way. Without it, ids are those of OpenAI. */
  modelId?(name: string): string;
  /** How a batch names what it asks. Without it, by the path, which is the same in each line. */
  readonly batchNames?: BatchNames;
  /** An endpoint as this service has it; undefined where it has none. Without it, as OpenAI has it. */
  endpoint?<E extends EndpointManners>(endpoint: E): E | undefined;
  /** An error of OpenAI as this service puts it. Without it, as it is. */
  refusal?(answer: ErrorAnswer, context: SpokenContext): ErrorAnswer;
  /** A healthy answer of OpenAI as this service writes it. Without it, as it is. */
  answer?(reply: Reply, context: SpokenContext): Reply;
  /** What responses tell beside what OpenAI's do. `said` are the lengths of prompt and answer in characters. */
  responseRemarks?(
    model: string,
    said: { readonly prompt: number; readonly answer: number; readonly isFiltered: boolean },
    settings: Pick<AnswerSettings, 'azure'>,
  ): ResponseRemarks;
}
