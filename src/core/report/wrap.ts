const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });
/** Characters that fill two columns of a terminal (Unicode UAX #11, the ranges in common use). */
const WIDE =
  /^(\p{Emoji_Presentation}|\p{Extended_Pictographic}\u{fe0f}|[\u{1100}-\u{115f}\u{2e80}-\u{303e}\u{3041}-\u{a4cf}\u{a960}-\u{a97c}\u{ac00}-\u{d7a3}\u{f900}-\u{faff}\u{fe30}-\u{fe6f}\u{ff00}-\u{ff60}\u{ffe0}-\u{ffe6}\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}])/u;

/** How many columns of a terminal the text fills. */
export function columns(text: string): number {
  let sum = 0;
  for (const { segment } of graphemes.segment(text)) sum += widthOf(segment);
  return sum;
}

function widthOf(grapheme: string): number {
  return WIDE.test(grapheme) ? 2 : 1;
}

/** The text in lines of at most `width` columns, broken at spaces, and within a word that is longer than a line. */
export function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ').flatMap((each) => pieces(each, Math.max(2, width)))) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (columns(longer) <= width || line === '') line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].map((each) => each.replace(/ +$/, ''));
}

/** As much of the text as fits into so many columns, at least two. */
export function clip(text: string, width: number): string {
  return pieces(text, Math.max(2, width))[0] ?? '';
}

/** A word cut into parts that each fit on a line. */
function pieces(word: string, width: number): string[] {
  if (columns(word) <= width) return [word];
  const parts: string[] = [];
  let part = '';
  let filled = 0;
  for (const { segment } of graphemes.segment(word)) {
    const more = widthOf(segment);
    if (filled + more > width) {
      parts.push(part);
      part = '';
      filled = 0;
    }
    part += segment;
    filled += more;
  }
  return [...parts, part];
}
