import { record } from '../schema/fields.ts';
import { defineAnswerFault } from './answer-fault.ts';

/** No failure: the whole text came, and who asks again pays again. Many services leave the usage out, and a stream of chunks has it only where it is asked for. */
export const missingUsage = defineAnswerFault({
  name: 'missing_usage',
  summary: 'leaves the usage out of the answer and of its stream (no failure: the text is whole)',
  leaves: 'complete',
  params: record({}).prefault({}),
  edit: (editor) => editor.withoutUsage(),
});
