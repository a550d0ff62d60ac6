import { z } from 'zod';
import { missingParameter as answer } from '../openai/errors/errors.ts';
import { promptOf } from '../openai/request/prompt.ts';
import { record } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** A required parameter is taken as absent. */
export const missingParameter = defineErrorFault({
  name: 'missing_parameter',
  summary: 'a required parameter is missing',
  status: 400,
  layer: 'api',
  errorCodes: ['missing_required_parameter'],
  source: 'https://github.com/SilasMarvin/lsp-ai/issues/108',
  params: record({
    ...errorShape,
    param: z
      .string()
      .optional()
      .describe('path of the parameter, as in messages[0].content; default the one that holds the prompt'),
  }).prefault({}),
  error: ({ param }, { request }) => answer(param ?? promptOf(request).field),
});
