import type { ErrorAnswer } from '../../../errors/error.ts';
import type { ErrorBody } from '../../../errors/error-body.ts';
import { socketExpired } from '../../../errors/errors.ts';
import { parseObject } from '../../../request/parse-object.ts';
import { asRecord } from '../../../request/request.ts';
import type { SocketProtocol } from '../../../wire/socket-protocol.ts';

/** Headers that a client can act on, which the error of a frame has in their place. Lower-case. */
const TOLD = /^(?:retry-after|retry-after-ms|x-should-retry|x-request-id|x-ratelimit-.*)$/;

/** An error as a frame says it (wire-responses.md 7). */
export function errorFrame({ status, error }: Pick<ErrorAnswer, 'status' | 'error'>, lane: string | undefined): string {
  return frameText(status, { error: errorOf(error), lane });
}

/** That the connection has lasted as long as it may (wire-responses.md 7): the one error that is documented without `param`. */
export function expiryFrame(): string {
  const { status, error } = socketExpired();
  const { param: _, ...told } = errorOf(error);
  return frameText(status, { error: told });
}

/**
 * An answer in one piece as a frame. An error is told with its status and the headers that say when to come back; where
 * they stand is documented, which of them are sent is unverified. Of a page of HTML its title is told: the edge that
 * writes it writes no frames. A success stays as it is.
 */
export const frameOf: SocketProtocol['frameOf'] = ({ status, headers, body }) => {
  if (status < 400) return body;
  const told = Object.fromEntries(Object.entries(headers).filter(([name]) => TOLD.test(name)));
  const error = errorIn(body) ?? { type: 'server_error', code: null, message: textOf(body, status), param: null };
  return frameText(status, { error: { ...error, ...(Object.keys(told).length > 0 && { headers: told }) } });
};

/** Where the lane stands among the keys of an event is unverified. What is no whole object stays as it is. */
export function inLane(data: string, lane: string): string {
  return data.endsWith('}') ? `${data.slice(0, -1)},"stream_id":${JSON.stringify(lane)}}` : data;
}

function frameText(status: number, { error, lane }: { readonly error: object; readonly lane?: string | undefined }): string {
  return JSON.stringify({ type: 'error', status, error, ...(lane !== undefined && { stream_id: lane }) });
}

/** Keys in the order of frames. */
function errorOf({ type, code, message, param }: ErrorBody = NO_ERROR): Record<string, unknown> {
  return { type, code, message, param };
}

const NO_ERROR: ErrorBody = { message: '', type: 'server_error', param: null, code: null };

function errorIn(body: string): Record<string, unknown> | undefined {
  const error = asRecord(parseObject(body)?.['error']);
  if (error === undefined) return undefined;
  const { type, code, message, param, ...others } = error;
  return { type, code, message, param, ...others };
}

function textOf(body: string, status: number): string {
  const title = /<title>([^<]*)<\/title>/i.exec(body)?.[1]?.trim();
  const text = title ?? (body.trimStart().startsWith('<') ? '' : body.trim());
  return text === '' ? `HTTP ${status}` : text;
}
