/** An HTTP/1.x response, taken apart as far as it came. */
export interface HttpMessage {
  readonly status: number;
  /** Lower-case name → the last value. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer;
  /** The chunks of the transfer coding, whole ones and the last one as far as it came; none without it. */
  readonly chunks: readonly Buffer[];
  /** Whether the framing says that all of it came: `eof` where only the end of the connection can tell. */
  readonly framing: 'complete' | 'cut' | 'eof';
  /** What follows it on the connection. */
  readonly rest: Buffer;
}

/** Reads the first response of what a socket read. Undefined while its head is not complete. */
export function readMessage(bytes: Buffer): HttpMessage | undefined {
  const end = bytes.indexOf('\r\n\r\n');
  if (end < 0) return undefined;
  const [status = '', ...fields] = bytes.subarray(0, end).toString('latin1').split('\r\n');
  const headers = Object.fromEntries(
    fields.map((field) => [field.slice(0, field.indexOf(':')).toLowerCase(), field.slice(field.indexOf(':') + 1).trim()]),
  );
  return { status: Number(status.split(' ')[1]), headers, ...readBody(bytes.subarray(end + 4), headers) };
}

function readBody(bytes: Buffer, headers: Readonly<Record<string, string>>): Omit<HttpMessage, 'status' | 'headers'> {
  if (headers['transfer-encoding'] === 'chunked') return readChunks(bytes);
  const length = headers['content-length'];
  if (length === undefined) return { body: bytes, chunks: [], framing: 'eof', rest: Buffer.alloc(0) };
  const body = bytes.subarray(0, Number(length));
  const framing = body.length === Number(length) ? 'complete' : 'cut';
  return { body, chunks: [], framing, rest: bytes.subarray(body.length) };
}

function readChunks(bytes: Buffer): Omit<HttpMessage, 'status' | 'headers'> {
  const chunks: Buffer[] = [];
  let at = 0;
  for (;;) {
    const line = bytes.indexOf('\r\n', at);
    if (line < 0) break;
    const size = Number.parseInt(bytes.subarray(at, line).toString('latin1'), 16);
    const start = line + 2;
    if (size === 0 && bytes.length >= start + 2) {
      return { body: Buffer.concat(chunks), chunks, framing: 'complete', rest: bytes.subarray(start + 2) };
    }
    if (size === 0) break;
    chunks.push(bytes.subarray(start, start + size));
    at = start + size + 2;
    if (at > bytes.length) break;
  }
  return { body: Buffer.concat(chunks), chunks, framing: 'cut', rest: Buffer.alloc(0) };
}
