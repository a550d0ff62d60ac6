import { asList, asRecord, type Fields } from '../request/request.ts';
import { type AnswerEditor, everywhere, without } from './answer-editor.ts';

/** What the families do alike whose answers are `choices`. */
export const choicesEditor: Omit<AnswerEditor, 'silenced' | 'withDamagedCalls'> = {
  /** Of a stream one event says so, in place of all that had choices. */
  emptied() {
    let isSaid = false;
    const body = (answer: Fields) => ({ ...answer, choices: [] });
    return {
      body,
      event({ kind, fields }) {
        if (asList(fields['choices']).length === 0) return [{ kind, fields }];
        if (isSaid) return [];
        isSaid = true;
        return [{ kind, fields: body(fields) }];
      },
    };
  },
  withoutUsage: () => ({
    body: (answer) => without(answer, 'usage'),
    event: ({ kind, fields }) => (kind === 'usage' ? [] : [{ kind, fields: without(fields, 'usage') }]),
  }),
  ofModel: (model) => everywhere((fields) => ({ ...fields, model })),
  printBody: (body) => `${JSON.stringify(body, null, 2)}\n`,
  printEvent: (event) => `data: ${JSON.stringify(event)}\n\n`,
};

/** The answer, or an event of it, with each choice changed. */
export function eachChoice(fields: Fields, change: (choice: Fields) => Fields): Fields {
  return { ...fields, choices: asList(fields['choices']).map((choice) => change(asRecord(choice) ?? {})) };
}
