import { connect } from 'node:net';

/** What a raw socket saw. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly text: string;
  /** As they were read: often, but not always, one for each TCP segment. */
  readonly segments: readonly Buffer[];
  /** How the connection ended. */
  readonly ending: 'FIN' | 'RST' | 'still open';
}

/**
 * Sends bytes as they are and reads until the connection ends, or until `until` holds for what was read. Of several
 * messages each is sent when an answer in chunks to the one before it has been read.
 */
export function rawExchange(
  port: number,
  sent: string | Buffer | readonly string[],
  until: (text: string, bytes: Buffer) => boolean = () => false,
): Promise<RawAnswer> {
  const [first = '', ...later] = typeof sent === 'string' || Buffer.isBuffer(sent) ? [sent] : sent;
  return new Promise((resolve, reject) => {
    const segments: Buffer[] = [];
    let hasEnded = false;
    const options = { port, host: '127.0.0.1', noDelay: true, allowHalfOpen: true };
    const socket = connect(options, () => void (first.length > 0 && socket.write(first)));
    const finish = (ending: RawAnswer['ending']) => {
      const bytes = Buffer.concat(segments);
      socket.destroy();
      resolve({ bytes, segments, text: bytes.toString('utf8'), ending });
    };
    socket.on('data', (segment) => {
      segments.push(segment);
      if (later.length > 0 && segment.toString('latin1').endsWith('0\r\n\r\n')) socket.write(later.shift() ?? '');
      const bytes = Buffer.concat(segments);
      if (until(bytes.toString('utf8'), bytes)) finish('still open');
    });
    // libuv reads a reset that comes together with data as an end: only a write tells them apart.
    socket.on('end', () => {
      hasEnded = true;
      socket.write('\r\n', (error) => error ?? finish('FIN'));
    });
    socket.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'ECONNRESET') finish('RST');
      else if (error.code === 'EPIPE' && hasEnded) finish('FIN');
      else reject(error);
    });
  });
}

/** A request as it stands on the wire; a chat completion unless another path is given. */
export function rawChat(body: string, headers: readonly string[] = [], version = '1.1', path = '/v1/chat/completions'): string {
  const lines = [
    `POST ${path} HTTP/${version}`,
    'Host: 127.0.0.1',
    'Authorization: Bearer sk-test-0123456789',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
