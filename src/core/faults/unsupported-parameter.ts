import { z } from 'zod';
import { unsupportedParameter as answer } from '../openai/errors/errors.ts';
import { record } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** The model is taken not to know a parameter; `max_tokens` comes with the advice that reasoning models give. */
export const unsupportedParameter = defineErrorFault({
  name: 'unsupported_parameter',
  summary: 'the model does not support a parameter',
  status: 400,
  layer: 'api',
  errorCodes: ['unsupported_parameter'],
  source: 'https://github.com/fish2018/YPrompt/issues/26',
  params: record({
    ...errorShape,
    param: z.string().default('max_tokens').describe('name of the parameter'),
  }).prefault({}),
  error: ({ param }) => answer(param),
});
