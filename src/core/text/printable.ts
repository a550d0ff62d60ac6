/**
 * Control characters, the marks that turn the direction of text, what shows as nothing, and halves of surrogate pairs:
 * in a terminal, in XML or in a table they would change what is around them.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{61c}\u{ad}\u{115f}\u{1160}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fffe}\u{ffff}\u{e0000}-\u{e007f}]/gu;

/** What the log of a CI run takes for a command where a line begins with it, or wherever it stands: `::error::`, `##[group]`. */
const LOG_COMMAND = /(?<=^|\s)::(?=[a-z])|##(?=\[)/g;

/** A text that came from outside, on one line, with everything spelt out that is unprintable or begins a command: `\u{1b}[31m`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, spelt).replace(LOG_COMMAND, ([first = '', rest = '']) => `${spelt(first)}${rest}`);
}

/** A text of several lines, each as `printable` makes it. */
export function printableLines(text: string): string {
  return text.split('\n').map(printable).join('\n');
}

function spelt(char: string): string {
  return `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`;
}
