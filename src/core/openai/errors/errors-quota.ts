import { formatGoDuration } from '../../units/duration.ts';
import { familyOf } from '../models/model-family.ts';
import type { Shortage } from '../rate-limits/rate-limit-shortage.ts';
import { apiError, type ErrorAnswer, gatewayError } from './error.ts';

/* Errors about how much: rates (layer A) and money (layer G). */

/** Whose limit it is. */
export interface LimitState {
  readonly model: string;
  /** `org-…` */
  readonly organizationId: string;
  /** `proj_…`, where the limit is one of the project. */
  readonly project?: string | undefined;
  /** The account has never paid. */
  readonly free?: boolean;
}

const UNITS = {
  requests: { type: 'requests', text: 'requests per min (RPM)' },
  tokens: { type: 'tokens', text: 'tokens per min (TPM)' },
  requests_per_day: { type: 'requests', text: 'requests per day (RPD)' },
  tokens_per_day: { type: 'tokens', text: 'tokens per day (TPD)' },
} as const;

const LEARN_MORE = 'Visit https://platform.openai.com/account/rate-limits to learn more.';
/** wire.md 1.4, "free/unpaid accounts". */
const PAY =
  ' You can increase your rate limit by adding a payment method to your account at ' +
  'https://platform.openai.com/account/billing.';
const CODE = 'rate_limit_exceeded';

/** wire.md 1.4, "TPM", "RPM", "RPD", "TPD". */
export function rateLimited({ kind, limit, used, requested, waitMs }: Shortage, limited: LimitState): ErrorAnswer {
  const { type, text } = UNITS[kind];
  const answer = apiError(
    429,
    `Rate limit reached for ${holderOf(limited)} on ${text}: Limit ${limit}, Used ${used}, Requested ${requested}. ` +
      `Please try again in ${formatGoDuration(waitMs)}. ${LEARN_MORE}${limited.free === true ? PAY : ''}`,
    { type, code: CODE },
  );
  return { ...answer, limit: { kind, waitMs } };
}

/**
 * Unverified: OpenAI publishes no limit of requests at the same time. It names no wait, for nobody knows when one of the others
 * ends. Azure has words that name none.
 */
export function tooManyInFlight({ limit, used }: Pick<Shortage, 'limit' | 'used'>, limited: LimitState): ErrorAnswer {
  const answer = apiError(
    429,
    `Rate limit reached for ${holderOf(limited)} on concurrent requests: Limit ${limit}, Used ${used}, Requested 1. ` +
      `Please try again when one of them has ended. ${LEARN_MORE}`,
    { type: 'requests', code: CODE },
  );
  return { ...answer, limit: { kind: 'requests', waitMs: 0, promisesNoWait: true } };
}

/** wire.md 1.4, "request alone > limit": tokens per minute. That a day's tokens are refused alike is not captured. */
export function requestTooLarge(
  { kind = 'tokens', limit, requested }: Pick<Shortage, 'limit' | 'requested'> & Partial<Pick<Shortage, 'kind'>>,
  limited: LimitState,
): ErrorAnswer {
  return apiError(
    429,
    `Request too large for ${holderOf(limited)} on ${UNITS[kind].text}: Limit ${limit}, Requested ${requested}. ` +
      `The input or output tokens must be reduced in order to run successfully. ${LEARN_MORE}${limited.free === true ? PAY : ''}`,
    { type: UNITS[kind].type, code: CODE },
  );
}

/** `gpt-4.1-2025-04-14 (for limit gpt-4.1) in project proj_… organization org-…` (wire.md 1.4, "snapshot shares limit" and "project scope"). */
function holderOf({ model, organizationId, project }: LimitState): string {
  const family = familyOf(model);
  const shared = family === model ? '' : ` (for limit ${family})`;
  const scope = project === undefined ? '' : `project ${project} `;
  return `${model}${shared} in ${scope}organization ${organizationId}`;
}

/** The codes of an account without money since 2026. */
export const quotaCodes = [
  'credit_balance_exhausted',
  'organization_spend_limit_exceeded',
  'project_spend_limit_exceeded',
  'organization_usage_limit_exceeded',
] as const;

/** The type that the errors of an account without money share. */
export const QUOTA_TYPE = 'insufficient_quota';

/** All codes of 429s that mean no money rather than too much speed (wire.md 1.3; backoff.md A4). */
export const moneyCodes: readonly string[] = [...quotaCodes, QUOTA_TYPE, 'billing_not_active'];

export type QuotaCode = (typeof quotaCodes)[number];

/** Only the first is OpenAI's text; those of the caps are not captured and made up here. */
const QUOTA_TEXTS: Readonly<Record<QuotaCode, string>> = {
  credit_balance_exhausted:
    'You have no credits remaining. Add credits to continue using the API at ' +
    'https://platform.openai.com/settings/organization/billing/.',
  organization_spend_limit_exceeded: 'Your organization has reached its monthly spend limit.',
  project_spend_limit_exceeded: 'Your project has reached its monthly spend limit.',
  organization_usage_limit_exceeded: 'Your organization has reached its monthly usage limit.',
};

/** wire.md 1.4, "no credit, since ~Jul/Aug 2026" and "spend/usage caps, since 2026". */
export function insufficientQuota(code: QuotaCode): ErrorAnswer {
  return gatewayError(429, QUOTA_TEXTS[code], {
    type: QUOTA_TYPE,
    code,
  });
}

/** wire.md 1.4, "no credit, until ~mid-2026", 337 bytes. */
export function insufficientQuota2025(): ErrorAnswer {
  return gatewayError(
    429,
    'You exceeded your current quota, please check your plan and billing details. For more information on this error, ' +
      'read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.',
    { type: QUOTA_TYPE, code: QUOTA_TYPE },
  );
}

/** wire.md 1.4, "billing inactive", 223 bytes. */
export function billingNotActive(): ErrorAnswer {
  return gatewayError(429, 'Your account is not active, please check your billing details on our website.', {
    type: 'billing_not_active',
    code: 'billing_not_active',
  });
}

/** wire.md 1.4, "traffic ramp": type and code are OpenAI's, the text is made up after its advice. */
export function slowDown(): ErrorAnswer {
  return apiError(
    429,
    'Your request rate has increased too quickly. Please slow down: return to your original rate, keep it for at ' +
      'least 15 minutes, and then increase it gradually.',
    { type: 'rate_limit_error', code: 'slow_down' },
  );
}
