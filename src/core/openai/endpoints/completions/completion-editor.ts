import type { AnswerEditor } from '../../wire/answer-editor.ts';
import { choicesEditor, eachChoice } from '../../wire/choices-editor.ts';

/** How legacy completions are damaged. */
export const completionEditor: AnswerEditor = {
  ...choicesEditor,
  silenced: () => ({
    body: (answer) => eachChoice(answer, (choice) => ({ ...choice, text: null })),
    event: ({ kind, fields }) =>
      kind === 'content' ? [] : [{ kind, fields: eachChoice(fields, (choice) => ({ ...choice, text: null })) }],
  }),
};
