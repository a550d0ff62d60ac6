import { z } from 'zod';
import { insufficientQuota as answer, insufficientQuota2025, quotaCodes } from '../openai/errors/errors.ts';
import { record } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

const params = record({
  ...errorShape,
  code: z.enum(quotaCodes).optional().describe('default credit_balance_exhausted; the texts of the other codes are unverified'),
  era: z.literal([2025, 2026]).default(2026).describe('2025 gives the wording and the code from before mid-2026'),
})
  .refine(({ code, era }) => era === 2026 || code === undefined, {
    path: ['code'],
    error: 'era 2025 has the code insufficient_quota only: leave out code or era',
  })
  .prefault({});

/** The account has no money: a 429 that no wait will cure, without any hint to wait. */
export const insufficientQuota = defineErrorFault({
  name: 'insufficient_quota',
  summary: 'the account has no credit left, or has reached a spending limit (unverified: the texts of the limits)',
  status: 429,
  layer: 'gateway',
  errorCodes: ['insufficient_quota', ...quotaCodes],
  source:
    'https://help.openai.com/en/articles/5955604, https://github.com/madox2/vim-ai/issues/126 (era 2025); unverified: the texts of the other codes',
  params,
  error: ({ code, era }) => (era === 2025 ? insufficientQuota2025() : answer(code ?? 'credit_balance_exhausted')),
});
