import type { IncomingHttpHeaders } from 'node:http2';

/** Fields of a request as HTTP/1.1 would have them: without pseudo-header fields, and with `host`, which is the authority (RFC 9113 §8.3.1). */
export function http1Headers(fields: IncomingHttpHeaders): Record<string, string> {
  const headers: Record<string, string> = {};
  for (const [name, value] of Object.entries(fields)) {
    if (!name.startsWith(':') && value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  const authority = fields[':authority'];
  if (authority !== undefined) headers['host'] = authority;
  return headers;
}
