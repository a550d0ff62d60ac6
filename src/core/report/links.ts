import { printable } from './printable.ts';
import type { ReportInput, ReportLink } from './report.ts';

/** The links that lead to a web page, safe to print; others could run something. */
export function webLinks({ links = [] }: ReportInput): ReportLink[] {
  return links
    .filter(({ href }) => /^https?:\/\//i.test(href))
    .map(({ label, href }) => ({ label: printable(label), href: encodeURI(printable(href)) }));
}
