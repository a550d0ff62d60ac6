import type { ChartOptions } from '../../core/report/time-chart.ts';

/** A stream that text for people goes to. */
export interface TextStream {
  readonly isTTY?: boolean;
  readonly columns?: number;
}

type Variables = Readonly<Record<string, string | undefined>>;

/** How text is to look there: no colours but on a terminal, and none with NO_COLOR; so wide as the terminal, else so many columns. */
export function terminalOptions(
  { isTTY = false, columns = 0 }: TextStream,
  otherwise: number,
  variables: Variables = process.env,
): Required<ChartOptions> {
  const color = isTTY && (variables['NO_COLOR'] ?? '') === '';
  return { color, width: columns > 0 ? columns : otherwise, ascii: !hasUtf8(variables) };
}

/** Terminals that have few characters, whatever the locale says. */
const PLAIN_TERMINALS = new Set(['dumb', 'linux']);

/** By the locale (POSIX: the first of these that is set). Where none is, UTF-8 is what nearly all have. */
function hasUtf8(variables: Variables): boolean {
  if (PLAIN_TERMINALS.has(variables['TERM'] ?? '')) return false;
  const locale = [variables['LC_ALL'], variables['LC_CTYPE'], variables['LANG']].find(
    (value) => value !== undefined && value !== '',
  );
  return locale === undefined || /utf-?8/i.test(locale);
}
