import { record } from '../schema/fields.ts';
import { defineAnswerFault } from './answer-fault.ts';

/** Of calls of functions nothing is left either. In a stream of Responses, and in legacy completions, it was not seen. */
export const nullContent = defineAnswerFault({
  name: 'null_content',
  summary: 'answers 200 with null in place of the text, and no calls',
  leaves: 'damaged',
  source: 'https://github.com/BerriAI/litellm/issues/8448 (chat completions); unverified (others)',
  params: record({}).prefault({}),
  edit: (editor) => editor.silenced(),
});
