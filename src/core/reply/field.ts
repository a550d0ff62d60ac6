import type { Header } from './effect.ts';

/** Whether the header has that lower-case name. Most have another length, which is the cheaper question. */
export function isNamed([name]: Header, wanted: string): boolean {
  return name.length === wanted.length && (name === wanted || name.toLowerCase() === wanted);
}

/** The value of the first header of that lower-case name. */
export function fieldOf(headers: readonly Header[], wanted: string): string | undefined {
  for (const header of headers) if (isNamed(header, wanted)) return header[1];
  return undefined;
}
