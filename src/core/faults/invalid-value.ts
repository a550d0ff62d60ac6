import { z } from 'zod';
import { invalidValue as answer } from '../openai/errors/errors.ts';
import { promptOf } from '../openai/request/prompt.ts';
import { record } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** A parameter is taken to have a value outside its list. */
export const invalidValue = defineErrorFault({
  name: 'invalid_value',
  summary: 'a parameter has a value that is not among the supported ones',
  status: 400,
  layer: 'api',
  errorCodes: ['invalid_value'],
  source: 'https://github.com/run-llama/llama_index/issues/17748',
  params: record({
    ...errorShape,
    param: z.string().optional().describe('path of the parameter; default the role of the first message'),
    value: z.string().default('developer').describe('the value that is refused'),
    supported: z
      .array(z.string())
      .min(1)
      .default(['system', 'assistant', 'user', 'function', 'tool'])
      .describe('the values that are not'),
  }).prefault({}),
  error: ({ param, value, supported }, { request }) => answer(param ?? `${promptOf(request).field}[0].role`, value, supported),
});
