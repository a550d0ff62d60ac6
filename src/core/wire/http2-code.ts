/** The error codes of HTTP/2 in the order of their numbers, from 0 (RFC 9113 §7). */
export const HTTP2_CODES = [
  'no_error',
  'protocol_error',
  'internal_error',
  'flow_control_error',
  'settings_timeout',
  'stream_closed',
  'frame_size_error',
  'refused_stream',
  'cancel',
  'compression_error',
  'connect_error',
  'enhance_your_calm',
  'inadequate_security',
  'http_1_1_required',
] as const;

export type Http2Code = (typeof HTTP2_CODES)[number];

/** The number of a code. */
export function http2CodeNumber(code: Http2Code): number {
  return HTTP2_CODES.indexOf(code);
}

/** The code of a number. A number that is no code means the same as `internal_error` (RFC 9113 §7). */
export function http2CodeOf(number: number): Http2Code {
  return HTTP2_CODES[number] ?? 'internal_error';
}
