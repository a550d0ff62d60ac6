import { connect } from 'node:net';

/** What a raw socket saw. */
export interface RawAnswer {
  readonly bytes: Buffer;
  readonly text: string;
  /** How the connection ended. */
  readonly ending: 'FIN' | 'RST' | 'still open';
}

/** Sends bytes as they are and reads until the connection ends, or until `until` holds for what was read. */
export function rawExchange(
  port: number,
  sent: string | Buffer,
  until: (text: string) => boolean = () => false,
): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    const socket = connect(port, '127.0.0.1', () => socket.write(sent));
    const finish = (ending: RawAnswer['ending']) => {
      const bytes = Buffer.concat(chunks);
      socket.destroy();
      resolve({ bytes, text: bytes.toString('utf8'), ending });
    };
    socket.on('data', (chunk) => {
      chunks.push(chunk);
      if (until(Buffer.concat(chunks).toString('utf8'))) finish('still open');
    });
    socket.on('end', () => finish('FIN'));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? finish('RST') : reject(error)));
  });
}

/** A chat completion as it stands on the wire. */
export function rawChat(body: string, headers: readonly string[] = [], version = '1.1'): string {
  const lines = [
    `POST /v1/chat/completions HTTP/${version}`,
    'Host: 127.0.0.1',
    'Authorization: Bearer sk-test-0123456789',
    'Content-Type: application/json',
    `Content-Length: ${Buffer.byteLength(body)}`,
    ...headers,
  ];
  return `${lines.join('\r\n')}\r\n\r\n${body}`;
}
