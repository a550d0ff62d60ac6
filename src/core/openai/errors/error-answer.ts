import type { LimitKind } from '../request/rate-limit-account.ts';
import type { HeaderSet } from '../wire/header-profile.ts';
import type { BodyFormat } from '../wire/layer.ts';
import type { ErrorBody } from './error-body.ts';

/** A limit that refuses a request, and for how long. */
export interface ReachedLimit {
  readonly kind: LimitKind;
  /** Milliseconds. */
  readonly waitMs: number;
  /** `retry-after-ms` says 0, whatever the wait, or nobody knows the wait. */
  readonly promisesNoWait?: boolean;
}

/** A body that is not the envelope. */
export interface RawBody {
  readonly contentType: string;
  readonly body: string;
  /** The words in the body that stand for the message: a `message` of the scenario replaces each occurrence. */
  readonly message?: string;
}

/** An error answer: a JSON envelope in the format of its layer, or a raw body. */
export interface ErrorAnswer extends HeaderSet {
  readonly status: number;
  readonly error?: ErrorBody;
  /** Where the JSON of this answer departs from the format of its layer. */
  readonly format?: Partial<BodyFormat>;
  /** Replaces the envelope. */
  readonly raw?: RawBody;
  /** How the error is printed, in place of the envelope of its layer. */
  readonly print?: (error: ErrorBody) => string;
  /** The scenario has written the error: a dialect has no words of its own for it. */
  readonly asWritten?: true;
  /** Nothing is served at the URL. */
  readonly unknownUrl?: true;
  /** The limit that refuses the request. */
  readonly limit?: ReachedLimit;
  /** Found only after admission: the request has drawn from its buckets, and the answer shows them (wire.md 2.3). */
  readonly admitted?: true;
}
