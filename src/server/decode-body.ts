import type { ZlibOptions } from 'node:zlib';

/** What came of it: the body, or why there is none. */
type DecodedBody = Uint8Array | 'too large' | 'unknown coding' | 'broken';

const MIN_CHUNK = 16 * 1024;
const MAX_CHUNK = 256 * 1024;
/** No client means more codings one in another. */
const MAX_CODINGS = 4;

type Decode = (body: Uint8Array, options: ZlibOptions, done: (error: NodeJS.ErrnoException | null, body: Buffer) => void) => void;

/** Undoes the content codings of a body (RFC 9110 §8.4), the last one first, up to `limit` bytes. The work is done beside the event loop. */
export async function decodeBody(body: Uint8Array, encoding: string, limit: number): Promise<DecodedBody> {
  const codings = encoding.toLowerCase().split(',');
  if (codings.length > MAX_CODINGS) return 'unknown coding';
  let decoded: DecodedBody = body;
  for (const coding of codings.reverse()) {
    if (typeof decoded === 'string') break;
    decoded = await decodeOne(decoded, coding.trim(), limit);
  }
  return decoded;
}

async function decodeOne(body: Uint8Array, coding: string, limit: number): Promise<DecodedBody> {
  if (coding === '' || coding === 'identity') return body;
  const decode = await decoderOf(coding);
  if (decode === undefined) return 'unknown coding';
  return new Promise((resolve) => {
    decode(body, { maxOutputLength: limit, chunkSize: chunkFor(body) }, (error, decoded) => {
      if (error === null) resolve(decoded);
      else resolve(error.code === 'ERR_BUFFER_TOO_LARGE' ? 'too large' : 'broken');
    });
  });
}

/** Bytes that are decoded at a time, with a turn of the event loop for each: many where much may come. */
function chunkFor({ byteLength }: Uint8Array): number {
  return Math.min(MAX_CHUNK, Math.max(MIN_CHUNK, 4 * byteLength));
}

/** Few clients send such bodies, so that the library is loaded for them. Node has zstd since 22.15. */
async function decoderOf(coding: string): Promise<Decode | undefined> {
  const zlib: typeof import('node:zlib') & { readonly zstdDecompress?: Decode } = await import('node:zlib');
  const decoders: Readonly<Record<string, Decode | undefined>> = {
    gzip: zlib.gunzip,
    'x-gzip': zlib.gunzip,
    deflate: (body, options, done) => (hasZlibHeader(body) ? zlib.inflate : zlib.inflateRaw)(body, options, done),
    br: zlib.brotliDecompress,
    zstd: zlib.zstdDecompress,
  };
  return Object.hasOwn(decoders, coding) ? decoders[coding] : undefined;
}

/** Some clients send deflate as it is, without the header that RFC 1950 §2.2 wants. */
function hasZlibHeader([first = 0, second = 0]: Uint8Array): boolean {
  return (first & 0x0f) === 8 && ((first << 8) | second) % 31 === 0;
}
