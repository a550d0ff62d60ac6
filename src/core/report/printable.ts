/**
 * Control characters, the marks that turn the direction of text, what shows as nothing, and halves of surrogate pairs:
 * in a terminal, in XML or in a table they would change what is around them.
 */
const UNPRINTABLE =
  /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u{61c}\u{ad}\u{115f}\u{1160}\u{200b}-\u{200f}\u{202a}-\u{202e}\u{2060}-\u{206f}\u{feff}\u{fffe}\u{ffff}\u{e0000}-\u{e007f}]/gu;

/** A text that came from outside, on one line, with everything unprintable spelt out: `\u{1b}[31m`. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, (char) => `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`);
}
