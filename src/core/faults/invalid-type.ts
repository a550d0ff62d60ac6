import { z } from 'zod';
import { invalidType as answer } from '../openai/errors/errors.ts';
import { promptOf } from '../openai/request/prompt.ts';
import { record } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** A parameter is taken to be of the wrong type. */
export const invalidType = defineErrorFault({
  name: 'invalid_type',
  summary: 'a parameter has the wrong type',
  status: 400,
  layer: 'api',
  errorCodes: ['invalid_type'],
  source: 'https://github.com/pydantic/pydantic-ai/issues/2653',
  params: record({
    ...errorShape,
    param: z.string().optional().describe('path of the parameter; default the content of the first message'),
    expected: z.string().default('one of a string or array of objects').describe('what it should be, with its article'),
    found: z.string().default('an object').describe('what it is said to be, with its article'),
  }).prefault({}),
  error: ({ param, expected, found }, { request }) => answer(param ?? `${promptOf(request).field}[0].content`, expected, found),
});
