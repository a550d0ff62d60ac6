import { type IncomingMessage, type ServerResponse, STATUS_CODES } from 'node:http';
import type { Head } from '../core/reply/effect.ts';
import { isNamed } from '../core/reply/field.ts';

/** What node:http keeps of a head that was given and has not left: names it has had since its first versions. */
interface HeldHead {
  _header: string | null;
  _headerSent: boolean;
  /** The connection ends with the response. */
  _last: boolean;
}

/**
 * Gives the response its head; it leaves with the first bytes that follow. Hop-by-hop fields are adapted to the client
 * (RFC 9112 §6.1, §9.3). A head with a frame is handed over as the text it is: `writeHead` would look at each of thirty
 * fields again, which costs more than the rest of the answer. Tells whether the body has to be sent in chunks, which the
 * caller frames.
 */
export function giveHead(head: Head, request: IncomingMessage, response: ServerResponse): boolean {
  const { status, headers } = head;
  const frame = frameOf(headers, speaksChunks(request));
  if (frame === undefined || BODILESS.has(status) || !('_header' in response)) return writeHead(head, request, response);
  let closes = !response.shouldKeepAlive;
  let text = `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? 'unknown'}\r\n`;
  for (const header of headers) {
    let value = header[1];
    if (isNamed(header, 'transfer-encoding') && frame === 'length') continue;
    if (isNamed(header, 'connection')) {
      if (closes) value = 'close';
      else closes = /close/i.test(value);
    }
    text += header[0];
    text += ': ';
    text += value;
    text += '\r\n';
  }
  response.statusCode = status;
  response.chunkedEncoding = false;
  const held = response as unknown as HeldHead;
  held._header = `${text}\r\n`;
  held._headerSent = false;
  held._last = closes;
  return frame === 'chunks' && request.method !== 'HEAD';
}

/** Statuses whose answers have no body (RFC 9112 §6.3). */
const BODILESS: ReadonlySet<number> = new Set([100, 101, 102, 103, 204, 304]);

/** Whether the client knows chunks: HTTP/1.0 does not. */
function speaksChunks({ httpVersionMajor, httpVersionMinor }: IncomingMessage): boolean {
  return httpVersionMajor > 1 || httpVersionMinor > 0;
}

/** By what the end of the body is known; undefined where it is the end of the connection. */
function frameOf(headers: Head['headers'], chunks: boolean): 'chunks' | 'length' | undefined {
  if (chunks && headers.some((header) => isNamed(header, 'transfer-encoding'))) return 'chunks';
  return headers.some((header) => isNamed(header, 'content-length')) ? 'length' : undefined;
}

/** The same by what node:http offers: for a body whose end is that of the connection, and for answers without one. */
function writeHead({ status, headers }: Head, request: IncomingMessage, response: ServerResponse): boolean {
  const fields: string[] = [];
  const chunks = speaksChunks(request);
  const framed = chunks || headers.some((header) => isNamed(header, 'content-length'));
  // Without a frame, the end of the connection is the end of the body.
  if (!framed) response.shouldKeepAlive = false;
  if (!headers.some((header) => isNamed(header, 'connection'))) response.removeHeader('connection');
  for (const header of headers) {
    if (!chunks && isNamed(header, 'transfer-encoding')) continue;
    fields.push(header[0], !response.shouldKeepAlive && isNamed(header, 'connection') ? 'close' : header[1]);
  }
  response.writeHead(status, fields);
  const chunked = response.chunkedEncoding && request.method !== 'HEAD';
  if (chunked) response.chunkedEncoding = false;
  return chunked;
}
