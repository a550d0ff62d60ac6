import { beginningOf, isWild } from '../text/pattern.ts';
import { MAX_BEGINNING, type Needed } from './needed.ts';

interface Place extends Pick<Needed, 'fact' | 'valuesOf'> {
  /** What stands before the text in each of the values. */
  readonly before?: string;
}

/** What a pattern needs of the texts of a request; undefined where it begins with a wildcard, and of a regex. */
export function neededText(pattern: string, { fact, before = '', valuesOf }: Place): Needed | undefined {
  if (!isWild(pattern)) return { fact, values: [before + pattern], part: 'whole', valuesOf };
  const beginning = beginningOf(pattern);
  if (beginning === '') return undefined;
  return { fact, values: [(before + beginning).slice(0, MAX_BEGINNING)], part: 'beginning', valuesOf };
}
