import type { Coding, Head, Header, Reply } from './effect.ts';
import { hasNoBody } from './has-no-body.ts';
import { isNamed } from './header-field.ts';

/** In the order of what the edge prefers. */
const CODINGS: readonly Coding[] = ['br', 'gzip'];

/** The coding that a client wants most, by its Accept-Encoding (RFC 9110 §12.5.3); undefined where it is the body as it is. */
export function codingFor(accepted: string | undefined): Coding | undefined {
  if (accepted === undefined) return undefined;
  const weights = new Map<string, number>();
  for (const part of accepted.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim());
    if (name !== '' && !weights.has(name)) weights.set(name, weightOf(parameters));
  }
  const weightFor = (coding: Coding) =>
    weights.get(coding) ?? (coding === 'gzip' ? weights.get('x-gzip') : undefined) ?? weights.get('*') ?? 0;
  const best = CODINGS.reduce((found, coding) => (weightFor(coding) > weightFor(found) ? coding : found));
  const identity = weights.get('identity') ?? 0;
  return weightFor(best) > 0 && weightFor(best) >= identity ? best : undefined;
}

/** `q=0.5`; what is none counts as 1. */
function weightOf(parameters: readonly string[]): number {
  const [, text] = parameters.map((parameter) => /^q *= *(\d(?:\.\d*)?)$/.exec(parameter)).find((found) => found !== null) ?? [];
  return text === undefined ? 1 : Math.min(1, Number(text));
}

/**
 * Has the body of an answer sent in a coding, or says at least that it might have been. The body is in chunks then: its length is
 * not known before it is made. The fields stand where the edge of OpenAI puts them (wire.md 2.1).
 */
export function* withCoding(reply: Reply, coding: Coding | undefined): Reply {
  for (const effect of reply) yield effect.type === 'head' ? coded(effect, coding) : effect;
}

function coded(head: Head, coding: Coding | undefined): Head {
  const { status, headers } = head;
  if (hasNoBody(status) || headers.some((header) => isNamed(header, 'content-encoding'))) return head;
  const varied = withVary(headers);
  if (coding === undefined) return { ...head, headers: varied };
  return { ...head, coding, headers: [...inChunks(varied), ['content-encoding', coding]] };
}

/** The answer depends on what the client accepts (RFC 9110 §12.5.5). */
function withVary(headers: readonly Header[]): readonly Header[] {
  const place = headers.findIndex((header) => isNamed(header, 'vary'));
  const [name, value] = headers[place] ?? [];
  if (name === undefined || value === undefined) return [...headers, ['vary', 'Accept-Encoding']];
  return headers.with(place, [name, `${value}, Accept-Encoding`]);
}

function inChunks(headers: readonly Header[]): readonly Header[] {
  const place = headers.findIndex((header) => isNamed(header, 'content-length'));
  const others = headers.filter((header) => !isNamed(header, 'content-length') && !isNamed(header, 'transfer-encoding'));
  const at = place < 0 ? headers.findIndex((header) => isNamed(header, 'transfer-encoding')) : place;
  return others.toSpliced(at < 0 ? others.length : at, 0, ['transfer-encoding', 'chunked']);
}
