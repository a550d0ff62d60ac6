import type { SentFile, SentForm } from '../core/openai/request/request.ts';
import type { Incoming } from '../exchange/incoming.ts';

const FORM = /^multipart\/form-data *;.*boundary=(?:"([^"]{1,200})"|([^;, ]{1,200}))/i;
/** Parts of a form that are read. Forms of OpenAI have a few. */
const MOST_PARTS = 100;

/** Whether the body of a request says that it is a form. */
export function isForm({ headers }: Incoming): boolean {
  return FORM.test(headers['content-type'] ?? '');
}

/** Reads a form, by the reader that Node has for `fetch`. Resolves with undefined when it is none, or has too many parts. */
export async function readForm({ body, headers }: Incoming): Promise<SentForm | undefined> {
  const type = headers['content-type'] ?? '';
  const [, quoted, plain = ''] = FORM.exec(type) ?? [];
  if (hasMoreThan(body, `--${quoted ?? plain}`, MOST_PARTS + 1)) return undefined;
  try {
    const form = await new Response(body, { headers: { 'content-type': type } }).formData();
    const texts: Record<string, string> = {};
    const files: Record<string, SentFile> = {};
    for (const [name, value] of form) {
      if (typeof value === 'string') texts[name] = value;
      else files[name] = { filename: value.name, content: new Uint8Array(await value.arrayBuffer()) };
    }
    return { texts, files };
  } catch {
    return undefined;
  }
}

function hasMoreThan(body: Uint8Array, text: string, most: number): boolean {
  const bytes = Buffer.from(body.buffer, body.byteOffset, body.byteLength);
  let at = bytes.indexOf(text);
  for (let count = 0; count < most && at >= 0; count++) at = bytes.indexOf(text, at + text.length);
  return at >= 0;
}
