import { beginningOf, isWild, longestPieceOf } from '../text/pattern.ts';
import type { Needed } from './needed.ts';
import { isPiece } from './needed-index.ts';

interface Place extends Pick<Needed, 'fact' | 'textsOf'> {
  /** What stands before the text in each that the request has. */
  readonly before?: string;
}

/** What a pattern needs of the texts of a request; undefined for a regex, and where all between its wildcards is short. */
export function neededText(pattern: string, { fact, before = '', textsOf }: Place): Needed | undefined {
  if (!isWild(pattern)) return { fact, texts: [before + pattern], part: 'whole', textsOf };
  const beginning = beginningOf(pattern);
  if (beginning !== '') return { fact, texts: [before + beginning], part: 'beginning', textsOf };
  const piece = longestPieceOf(pattern);
  return isPiece(piece) ? { fact, texts: [piece], part: 'piece', textsOf } : undefined;
}
