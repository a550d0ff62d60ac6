import type { ErrorAnswer } from '../../errors/error.ts';
import { Checker } from '../../validation/checker.ts';
import type { Fields, Terms } from '../../validation/terms.ts';
import { moderationRules } from './moderation-rules.ts';

/** What is wrong with the fields of a moderation: unknown ones in the words of the newer endpoints (wire.md 400-19). */
export function moderationsError(fields: Fields, terms: Terms): ErrorAnswer | undefined {
  return new Checker(terms).check(fields, moderationRules);
}
