import type { ErrorAnswer } from '../../errors/error.ts';
import type { Fields } from '../../request/request.ts';
import { Checker } from '../../validation/checker.ts';
import type { ArrayRule, ObjectRule } from '../../validation/rule.ts';
import type { Terms } from '../../validation/terms.ts';
import { inputItems } from '../responses/item-rules.ts';
import { responsesStyle } from '../responses/responses-checks.ts';
import { responsesRules } from '../responses/responses-rules.ts';

/** Of one request at most (wire-responses.md 4). */
const items: ArrayRule = { ...inputItems, maxItems: 20 };
const { metadata } = responsesRules.fields;

const table = (fields: ObjectRule['fields'], required: readonly string[] = []): ObjectRule => ({
  kind: 'object',
  fields,
  required,
});

/** A new conversation, other labels for one, and new items in one. The texts are by the templates of Responses. */
export const conversationRules = {
  created: table({ items, ...(metadata && { metadata }) }),
  labelled: table({ ...(metadata && { metadata }) }, ['metadata']),
  added: table({ items }, ['items']),
} as const;

/** What is wrong with the fields of a request about conversations. */
export function conversationError(rules: ObjectRule): (fields: Fields, terms: Terms) => ErrorAnswer | undefined {
  return (fields, { letThrough }) => new Checker({ style: responsesStyle, letThrough }).check(fields, rules);
}
