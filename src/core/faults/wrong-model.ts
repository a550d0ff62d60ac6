import { z } from 'zod';
import { relativeOf } from '../openai/models/relative-of.ts';
import { modelOf } from '../openai/request/request.ts';
import { record } from '../schema/fields.ts';
import { defineAnswerFault } from './answer-fault.ts';

/** No failure: an answer names a snapshot, not what was asked for, and routers send what they like. */
export const wrongModel = defineAnswerFault({
  name: 'wrong_model',
  summary: 'says that another model has answered (no failure: the text is whole)',
  leaves: 'complete',
  params: record({
    model: z.string().min(1).optional().describe('default the one whose name is most like that of the model that was asked'),
  }).prefault({}),
  edit: (editor, { model }, { request }) => editor.ofModel(model ?? relativeOf(modelOf(request) ?? 'gpt-4o')),
});
