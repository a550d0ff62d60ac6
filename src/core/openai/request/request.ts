import type { BodyMemo } from './body-memo.ts';
import { defaultModelOf, type EndpointName, mayStream } from './endpoint.ts';

/** What arrived, reduced to what answers depend on: it is in memory as long as its answer is under way. */
export interface ApiRequest {
  readonly method: string;
  /** Path without the session and call prefix and without the query: `/v1/chat/completions`. */
  readonly path: string;
  /** The header fields of these names. */
  readonly accept: string | undefined;
  readonly contentType: string | undefined;
  readonly endpoint: EndpointName | undefined;
  /** The API key of `Authorization: Bearer …`; undefined when there is none. */
  readonly key: string | undefined;
  /** The parsed JSON body; undefined when there is none or it is not JSON. */
  readonly body: unknown;
  /** True when a body was required and what came is not JSON. */
  readonly malformed: boolean;
  readonly bodyBytes: number;
  /** Hash of key, method, path and raw body: equal for equal requests. */
  readonly fingerprint: string;
  /** What was found out about requests with the same raw body. */
  readonly memo?: BodyMemo;
}

/** The fields of the body when it is a JSON object, else none. */
export function fieldsOf(request: ApiRequest): Readonly<Record<string, unknown>> {
  return asRecord(request.body) ?? {};
}

/** Whether the answer, if all goes well, is a stream of events. */
export function isStreamed(request: ApiRequest): boolean {
  return mayStream(request.endpoint) && fieldsOf(request)['stream'] === true;
}

/** The value as a record when it is a JSON object. */
export function asRecord(value: unknown): Readonly<Record<string, unknown>> | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : undefined;
}

/** The value as a list when it is a JSON array, else an empty list. */
export function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The `model` the body names, that of `/v1/models/{id}`, or the one that answers where none is named. */
export function modelOf(request: ApiRequest): string | undefined {
  if (ofModel(request)) return decodeURIComponentSafely(request.path.slice('/v1/models/'.length));
  const model = fieldsOf(request)['model'];
  return typeof model === 'string' ? model : defaultModelOf(request.endpoint);
}

/** Whether the request is for the object of a model, which its path names. */
export function ofModel({ endpoint }: Pick<ApiRequest, 'endpoint'>): boolean {
  return endpoint === 'models.retrieve' || endpoint === 'models.delete';
}

function decodeURIComponentSafely(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
