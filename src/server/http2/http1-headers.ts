import type { IncomingHttpHeaders } from 'node:http2';

const COLON = 0x3a;

/** Fields of a request as HTTP/1.1 would have them: without pseudo-header fields, and with `host`, which is the authority (RFC 9113 §8.3.1). */
export function http1Headers(fields: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  // The fields have no prototype. A list of entries would take longer to make.
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined && name.charCodeAt(0) !== COLON) headers[name] = typeof value === 'string' ? value : value.join(', ');
  }
  const authority = fields[':authority'];
  if (authority !== undefined) headers['host'] = authority;
  return headers;
}
