import { Lexer } from 'yaml';

/** Deepest nesting that is read, in YAML and in data that programs hand in. */
export const MAX_DEPTH = 64;
/** Values, keys included, that are read; aliases count with what they stand for. */
export const MAX_VALUES = 20_000;

export const TOO_DEEP = `nested more than ${MAX_DEPTH} levels deep`;
export const TOO_MANY = `more than ${MAX_VALUES} values`;

/** Lines that are read. */
const MAX_LINES = 50_000;
/** Anchors, tags and directives that are read. */
const MAX_MARKS = 1_000;

interface Change {
  readonly flow?: number;
  readonly indicators?: number;
  readonly values?: number;
  /** Commas and dashes: each stands before a value, or before nothing. */
  readonly separators?: number;
}

/** What a lexeme changes: the depth of brackets, the block indicators of the line, the number of scalars. */
const CHANGES: Readonly<Record<string, Change>> = {
  '[': { flow: 1, values: 1 },
  '{': { flow: 1, values: 1 },
  ',': { separators: 1 },
  ']': { flow: -1 },
  '}': { flow: -1 },
  '-': { indicators: 1, separators: 1 },
  '?': { indicators: 1 },
  '\u001f': { values: 1 },
};
/** Marks of the lexer's own, which do not stand in the text. */
const MARKS = new Set(['\u0002', '\u0018', '\u001f']);

/**
 * The place from which on a text is deeper or longer than is read; undefined when it is neither. Found by the lexer
 * alone, which is linear: depth and number of values are what costs the parser most.
 */
export function textBounds(text: string): { readonly offset: number; readonly message: string } | undefined {
  const excess = lineBeyond(text);
  if (excess !== undefined) return { offset: excess, message: `more than ${MAX_LINES} lines` };
  const seen = { flow: 0, indicators: 0, values: 0, separators: 0, marks: 0 };
  let offset = 0;
  for (const lexeme of new Lexer().lex(text)) {
    const { flow = 0, indicators = 0, values = 0, separators = 0 } = changeOf(lexeme);
    seen.flow += flow;
    seen.values += values;
    seen.separators += separators;
    if (isMark(lexeme)) seen.marks += 1;
    seen.indicators = lexeme.includes('\n') ? 0 : seen.indicators + indicators;
    if (Math.max(seen.flow, seen.indicators) > MAX_DEPTH) return { offset, message: TOO_DEEP };
    if (seen.marks > MAX_MARKS) return { offset, message: `more than ${MAX_MARKS} anchors, tags and directives` };
    if (Math.max(seen.values, seen.separators) > MAX_VALUES) return { offset, message: TOO_MANY };
    if (!MARKS.has(lexeme)) offset += lexeme.length;
  }
  return undefined;
}

/** Where the line begins that is one too many. */
function lineBeyond(text: string): number | undefined {
  let lines = 1;
  for (let at = text.search(/[\r\n]/); at >= 0 && at < text.length; at++) {
    const sign = text[at];
    if (sign === '\n' || sign === '\r') lines += 1;
    if (lines > MAX_LINES) return at;
  }
  return undefined;
}

/** An anchor, a tag or a directive. */
function isMark(lexeme: string): boolean {
  return lexeme.length > 1 && (lexeme[0] === '&' || lexeme[0] === '!' || lexeme[0] === '%');
}

/** Plain scalars are announced by a mark, quoted ones by their quote. */
function changeOf(lexeme: string): Change {
  return CHANGES[lexeme] ?? CHANGES[lexeme[0] === '"' || lexeme[0] === "'" ? '\u001f' : ''] ?? {};
}
