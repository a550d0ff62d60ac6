import { printable } from '../text/printable.ts';
import type { ReportInput, ReportLink } from './report.ts';

/** The links that lead to a web page, safe to print; others could run something. */
export function webLinks({ links = [] }: ReportInput): ReportLink[] {
  return links
    .filter(({ href }) => /^https?:\/\//i.test(href))
    .map(({ label, href }) => ({ label: printable(label), href: encodeURI(printable(href)) }));
}

/** A part of a text: words, or an address. */
export interface TextPart {
  readonly text: string;
  readonly isLink: boolean;
}

/** A text of ours, such as the reference of a finding, with the web addresses in it told apart. */
export function withLinks(text: string): TextPart[] {
  return text
    .split(/(https?:\/\/[^\s,;)]+)/)
    .map((part, index) => ({ text: part, isLink: index % 2 === 1 }))
    .filter((part) => part.text !== '');
}
