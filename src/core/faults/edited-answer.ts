import { z } from 'zod';
import { parsePointer, withoutValuesAt } from '../openai/request/json-pointer.ts';
import { asRecord, type Fields } from '../openai/request/request.ts';
import { editedJson } from '../openai/wire/edited-answer.ts';
import { mergePatch } from '../openai/wire/merge-patch.ts';
import { record, scalar } from '../schema/fields.ts';
import { defineFault } from './fault.ts';
import { inJson, leftByEdit, legalParam } from './legal-edit.ts';

const pointer = scalar<string>(
  'a JSON Pointer such as /choices/0/finish_reason',
  (value) => (typeof value === 'string' && value !== '' && parsePointer(value) !== undefined ? value : undefined),
  { type: 'string', pattern: '^/', description: '* stands for any element or member' },
);

/** What each family says of itself. */
const USUAL_REMOVAL = ['/object'];

/** Lists are replaced whole, as the RFC has it. What is not there to be removed is no mistake: answers differ. */
export const editedAnswer = defineFault({
  name: 'edited_answer',
  summary: 'changes the JSON of an answer in one piece: merges into it, takes parts out of it',
  kind: 'answer',
  leaves: 'damaged',
  leavesWith: leftByEdit,
  injectedAt: 'api',
  changes: 'whole',
  needs: ['JSON'],
  carriers: ['response'],
  params: record({
    merge: z.record(z.string(), z.unknown()).optional().describe('a JSON Merge Patch (RFC 7396): null takes a member out'),
    remove: z
      .array(pointer)
      .min(1)
      .optional()
      .describe('JSON Pointers; * stands for any element or member. Default /object where nothing is merged, either'),
    ...legalParam,
  }).prefault({}),
  example: { merge: { usage: null }, remove: ['/choices/0/finish_reason'] },
  tells({ merge, remove, legal }) {
    const removed = removalsOf({ merge, remove });
    const parts = [
      merge === undefined ? '' : `merges ${inJson(merge)} into the answer`,
      removed.length === 0 ? '' : `takes ${removed.join(' and ')} out of it`,
    ];
    return `${parts.filter((part) => part !== '').join(', ')}${legal ? '; legal' : ''}`;
  },
  apply: (reply, params, context) =>
    editedJson(reply, context, (answer) => {
      const merged = params.merge === undefined ? answer : mergePatch(answer, params.merge);
      const edited = removalsOf(params).reduce((value, each) => withoutValuesAt(value, parsePointer(each) ?? []), merged);
      return asRecord(edited) ?? answer;
    }),
});

function removalsOf({ merge, remove }: { merge?: Fields | undefined; remove?: readonly string[] | undefined }) {
  return remove ?? (merge === undefined ? USUAL_REMOVAL : []);
}
