import type { OutgoingHttpHeaders } from 'node:http';
import type { Head, Header } from '../../core/wire/effect.ts';

/** Fields of the connection, which HTTP/2 has no place for (RFC 9113 §8.2.2). */
const OF_THE_CONNECTION: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'transfer-encoding',
  'upgrade',
]);

type Fill = (status: number, headers: readonly Header[]) => OutgoingHttpHeaders;

/** By the places of the fields, which are of one layout. */
const FILLS = new WeakMap<object, Fill>();

/** The fields of an answer as node:http2 takes them: names are lower-case, a field that is there several times has a list. */
export function responseFields({ status, headers, printed }: Pick<Head, 'status' | 'headers' | 'printed'>): OutgoingHttpHeaders {
  if (printed?.of !== headers) return gathered(status, headers);
  let fill = FILLS.get(printed.places);
  if (fill === undefined) FILLS.set(printed.places, (fill = compiled(headers)));
  return fill(status, headers);
}

function gathered(status: number, headers: readonly Header[]): OutgoingHttpHeaders {
  const fields: OutgoingHttpHeaders = { ':status': status };
  for (const [given, value] of headers) {
    const name = given.toLowerCase();
    if (OF_THE_CONNECTION.has(name)) continue;
    const other = fields[name];
    fields[name] = other === undefined ? value : [...(Array.isArray(other) ? other : [String(other)]), value];
  }
  return fields;
}

/**
 * A program that names each field. An object that gets its fields one by one becomes a table, and node:http2 takes twice as long
 * to go through that.
 */
function compiled(headers: readonly Header[]): Fill {
  const values = new Map<string, string[]>();
  for (const [at, [given]] of headers.entries()) {
    const name = given.toLowerCase();
    if (OF_THE_CONNECTION.has(name)) continue;
    const all = values.get(name);
    if (all === undefined) values.set(name, [`headers[${at}][1]`]);
    else all.push(`headers[${at}][1]`);
  }
  // In a program it would be the prototype.
  if (values.has('__proto__')) return gathered;
  const fields = [...values].map(
    ([name, all]) => `${JSON.stringify(name)}: ${all.length === 1 ? all[0] : `[${all.join(', ')}]`}`,
  );
  try {
    return new Function('status', 'headers', `return { ':status': status, ${fields.join(', ')} };`) as Fill;
  } catch {
    // A Node that makes no programs from texts.
    return gathered;
  }
}
