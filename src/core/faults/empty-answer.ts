import { record } from '../schema/fields.ts';
import { defineAnswerFault } from './answer-fault.ts';

/** The usage is that of the answer that is not there: it was made, and is paid. */
export const emptyAnswer = defineAnswerFault({
  name: 'empty_answer',
  summary: 'answers 200 with nothing in it: choices: [], output: []',
  leaves: 'damaged',
  source: 'https://github.com/speakeasy-api/gram/issues/3129',
  params: record({}).prefault({}),
  edit: (editor) => editor.emptied(),
});
