import type { Clock } from '../../clock.ts';
import type { Libraries } from '../../libraries.ts';
import type { Random } from '../../random.ts';
import type { StoreChange, StoreFinding } from '../store/session-store.ts';
import type { AnswerSettings } from './answer-settings.ts';
import type { Identity } from './identity.ts';
import type { RateLimitAccount } from './rate-limit-account.ts';
import type { ApiRequest, BatchedAnswer } from './request.ts';

/**
 * What an answer costs, in tokens. The endpoint writes it as it makes the answer: what is refused, and what is never made,
 * costs nothing.
 */
export interface Bill {
  /** Prompt, thoughts and answer. */
  total: number;
  /** Of these, what is spent before the first piece of the answer: a stream that is cut costs no more than its pieces beside it. */
  before: number;
}

/** Everything a reply may depend on. */
export interface ReplyContext {
  readonly request: ApiRequest;
  readonly clock: Clock;
  /** `clock.now()` when the head of the request had arrived. */
  readonly receivedAt: number;
  /** Whose account this is: organization, project, Cloudflare data centre. Drawn from the seed. */
  readonly identity: Identity;
  /** `req_` + 32 hex digits. */
  readonly requestId: string;
  readonly settings: AnswerSettings;
  readonly libraries: Libraries;
  /** The limits that the key has for this model; undefined where the scenario sets none. */
  readonly account?: RateLimitAccount | undefined;
  /** Nothing changes the answer on its way: events that are ready together may be written together. */
  readonly unchanged: boolean;
  /** So many functions are called at least: a fault needs calls. None where it is undefined. */
  readonly leastCalls?: number | undefined;
  /** What the session keeps of what the request refers to; undefined where it refers to nothing. */
  readonly found?: StoreFinding | undefined;
  /** What became of the requests that the service was to make. */
  readonly batched?: readonly BatchedAnswer[] | undefined;
  /** Changes what the session keeps. Undefined where the request refers to nothing. */
  readonly keep?: ((change: StoreChange) => void) | undefined;
  /** Undefined where nobody wants to know. */
  readonly bill?: Bill | undefined;
  /** A random source of this call and attempt, forked by the labels. */
  random(...labels: readonly (string | number)[]): Random;
  /** A random source that is the same for every equal request, forked by the labels: drives texts. */
  textRandom(...labels: readonly (string | number)[]): Random;
}
