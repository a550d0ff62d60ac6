import type { Policy } from '../../policy/policy.ts';
import type { Try } from '../history/call-history.ts';
import { isPermanent, isQuota } from '../history/permanent.ts';
import { LONG_HINT_MS } from '../history/retry-hint.ts';
import { judgeRetried } from '../kit/retried.ts';
import { defineRule } from '../kit/rule.ts';
import { sources } from '../kit/sources.ts';

/** What every client that retries at all should retry. 408, 409, 425 and 529 are contested; 501 and 505 are final. */
const TRANSIENT = new Set([429, 500, 502, 503, 504]);

export const retriesTransient = defineRule({
  id: 'retries_transient',
  summary: 'retries what passes: 429, 500, 502, 503, 504',
  source: sources.errorCodes,
  severity: 'medium',
  confidence: 'deterministic',
  measures:
    'attempts after a transient status, also with another key or model; warns when a status is never retried, fails where `retries` declares it',
  falseAlarmBound: 0,
  advice: 'retry 429, 500, 502, 503 and 504 a few times; a POST to OpenAI may be repeated',
  bearsHidden: true,
  probe: {
    name: 'retries-transient',
    windowMs: 15_000,
    variants: ['server_error', 'bad_gateway', 'overloaded', 'gateway_timeout']
      .map((fault) => ({
        name: fault,
        rules: [{ attempts: 1, fault }],
      }))
      .concat({ name: 'rate_limit', rules: [{ attempts: 1, fault: { rate_limit: { retry_after: 'none' } } }] } as never),
  },
  check: (subject) =>
    judgeRetried(subject, {
      kindOf: (attempt) => (isTransient(attempt, subject.policy) ? String(attempt.entry.status) : undefined),
      nameOf: (kind, failed) => (kind === '429' && failed.every(isUnhinted) ? '429 without a hint' : kind),
      declared: (kind) => subject.policy.retries.includes(Number(kind)),
      otherwise: 'warn',
    }),
});

/** A client that goes by the hint may retry a 429 with one. */
function isUnhinted({ asked }: Try): boolean {
  return asked === undefined;
}

function isTransient({ failure, entry, asked }: Try, policy: Policy): boolean {
  const status = entry.status ?? 0;
  if (failure !== 'status' || !(TRANSIENT.has(status) || policy.retries.includes(status))) return false;
  // Giving up on a long wait, or when told not to retry, is right.
  const longestMs = Math.min(LONG_HINT_MS, policy.maxHonouredRetryAfterMs ?? LONG_HINT_MS);
  const isFinal = isQuota(entry) || isPermanent(entry, policy) || entry.shouldRetry === 'false';
  return !isFinal && (asked?.waitMs ?? 0) <= longestMs;
}
