import type { Head, Header } from './effect.ts';

/** Whether the header has that lower-case name. Most have another length, which is the cheaper question. */
export function isNamed([name]: Header, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);
}

/** The value of the first header of that lower-case name. */
function fieldOf(headers: readonly Header[], wanted: string): string | undefined {
  for (const header of headers) if (isNamed(header, wanted)) return header[1];
  return undefined;
}

/** The same in a head: where it was printed by a layout, it is known what is in it. */
export function fieldIn({ headers, printed }: Pick<Head, 'headers' | 'printed'>, wanted: string): string | undefined {
  if (printed?.of !== headers) return fieldOf(headers, wanted);
  const place = printed.places.get(wanted);
  return place === undefined ? undefined : headers[place]?.[1];
}
