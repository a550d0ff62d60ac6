import { z } from 'zod';
import { missingScopes as answer } from '../openai/errors/errors.ts';
import { record } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** The key is good, and restricted to something else. */
export const missingScopes = defineErrorFault({
  name: 'missing_scopes',
  summary: 'the restricted key lacks a permission',
  status: 401,
  layer: 'gateway',
  source: 'https://github.com/openclaw/openclaw/issues/56658',
  params: record({
    ...errorShape,
    scopes: z.array(z.string()).min(1).default(['model.request']).describe('the permissions that are missing'),
  }).prefault({}),
  error: ({ scopes }) => answer(scopes),
});
