/** The three forms of an HTTP-date (RFC 9110 §5.6.7): the one to send, and two that recipients must still read. */
export const httpDateForms = ['imf', 'rfc850', 'asctime'] as const;

export type HttpDateForm = (typeof httpDateForms)[number];

const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/**
 * Milliseconds since the epoch → HTTP-date, truncated to seconds.
 * - `imf`: `Fri, 10 Jul 2026 18:54:12 GMT`
 * - `rfc850`: `Friday, 10-Jul-26 18:54:12 GMT`
 * - `asctime`: `Fri Jul 10 18:54:12 2026`, the day of the month padded with a space
 */
export function formatHttpDate(wallMs: number, form: HttpDateForm = 'imf'): string {
  const date = new Date(wallMs);
  const imf = date.toUTCString();
  const [, day = '', month = '', year = '', time = ''] = imf.split(' ');
  switch (form) {
    case 'imf':
      return imf;
    case 'rfc850':
      return `${DAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(-2)} ${time} GMT`;
    case 'asctime':
      return `${imf.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
  }
}

const TIME = '(\\d\\d):(\\d\\d):(\\d\\d)';
const IMF = new RegExp(`^[A-Z][a-z]{2}, (\\d\\d) ([A-Z][a-z]{2}) (\\d{4}) ${TIME} GMT$`);
const RFC_850 = new RegExp(`^[A-Z][a-z]{5,8}, (\\d\\d)-([A-Z][a-z]{2})-(\\d\\d) ${TIME} GMT$`);
const ASCTIME = new RegExp(`^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \\d]\\d) ${TIME} (\\d{4})$`);

/**
 * HTTP-date → milliseconds since the epoch; undefined for anything else. A year of two digits that would lie more than
 * 50 years after `wallMs` is the last one in the past with those digits (RFC 9110 §5.6.7).
 */
export function parseHttpDate(text: string, wallMs: number): number | undefined {
  const asctime = ASCTIME.exec(text);
  if (asctime !== null) {
    const [, month, day, hour, minute, second, year] = asctime;
    return utc([year, month, day, hour, minute, second]);
  }
  const imf = IMF.exec(text);
  const [, day, month, year = '', ...time] = imf ?? RFC_850.exec(text) ?? [];
  if (day === undefined) return undefined;
  return utc([imf === null ? fullYear(Number(year), wallMs) : year, month, day, ...time]);
}

function fullYear(twoDigits: number, wallMs: number): number {
  const current = new Date(wallMs).getUTCFullYear();
  const year = Math.floor(current / 100) * 100 + twoDigits;
  return year > current + 50 ? year - 100 : year;
}

function utc([year, month, ...rest]: readonly (string | number | undefined)[]): number | undefined {
  const index = MONTHS.indexOf(String(month));
  const [day = 0, hour = 0, minute = 0, second = 0] = rest.map(Number);
  const ms = Date.UTC(Number(year), index, day, hour, minute, second);
  return index < 0 || new Date(ms).getUTCDate() !== day ? undefined : ms;
}
