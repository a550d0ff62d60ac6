import type { Header } from '../../wire/effect.ts';
import type { ErrorBody } from '../errors/error-body.ts';
import type { Bucket } from '../request/rate-limit-account.ts';
import type { HeaderProfile } from '../wire/header-profile.ts';

/** The two buckets that the headers of an answer tell of. */
export interface ShownBuckets {
  readonly requests: Bucket;
  readonly tokens: Bucket;
  /** The tokens of the project are told beside those of the organisation. */
  readonly projectTokens: boolean;
}

/** How a service speaks the families of endpoints: what differs from service to service, whatever the endpoint. */
export interface Dialect {
  readonly name: string;
  /** The path as the endpoints know it; undefined when this dialect does not serve the path. */
  route(path: string): string | undefined;
  /** The API key that the header fields carry; undefined when there is none. Names are lower-case. */
  credential(headers: Readonly<Record<string, string | undefined>>): string | undefined;
  /** The JSON of an error. */
  envelope(error: ErrorBody | undefined): unknown;
  /** Layers, and the headers of each. */
  readonly headers: HeaderProfile;
  /** The headers that show the state of the rate limits. */
  rateLimitHeaders(buckets: ShownBuckets): Header[];
}

/** Declares a dialect. */
export function defineDialect<Name extends string>(
  dialect: Dialect & { readonly name: Name },
): Dialect & { readonly name: Name } {
  return dialect;
}
