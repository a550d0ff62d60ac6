/** What a line with data begins with. */
export const DATA_FIELD = 'data: ';

/**
 * The data in a text of whole events, line by line. A line ends with CR, LF or both, and with no other character (WHATWG
 * HTML, 9.2.6): JSON may have a line separator (U+2028) in its texts, at which `^` and `$` of a regular expression match.
 */
export function dataLines(text: string): readonly string[] {
  return text.split(/\r\n|\n|\r/).flatMap((line) => (line.startsWith(DATA_FIELD) ? [line.slice(DATA_FIELD.length)] : []));
}
