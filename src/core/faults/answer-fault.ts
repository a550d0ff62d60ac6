import type { z } from 'zod';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import type { AnswerEdit, AnswerEditor } from '../openai/wire/answer-editor.ts';
import type { AnswerFeature } from '../openai/wire/answer-feature.ts';
import { editedAnswer } from '../openai/wire/edited-answer.ts';
import { defineFault } from './fault.ts';
import type { Leaves } from './leaves.ts';

/** Declares a fault that changes what an answer says: it strikes valid requests for which a model makes something up, and no others. */
export function defineAnswerFault<Name extends string, Params extends z.ZodType>(fault: {
  readonly name: Name;
  readonly summary: string;
  readonly leaves: Leaves;
  readonly needs?: readonly AnswerFeature[];
  leastCallsWith?(params: z.output<Params>): number;
  readonly source?: string;
  readonly params: Params;
  readonly example?: z.input<Params> & object;
  /** The change of one answer. */
  edit(editor: AnswerEditor, params: z.output<Params>, context: ReplyContext): AnswerEdit | undefined;
}) {
  const { edit, needs = ['generated answer'], ...declared } = fault;
  return defineFault({
    ...declared,
    kind: 'answer',
    injectedAt: 'api',
    needs,
    apply: (reply, params: z.output<Params>, context) => editedAnswer(reply, context, (editor) => edit(editor, params, context)),
  });
}
