import type { Course } from '../limits/capacity-course.ts';
import type { LimitNumbers, LimitOptions } from '../limits/limit-spec.ts';
import type { LimitKind } from '../openai/request/rate-limit-account.ts';
import { formatDuration } from '../units/duration.ts';
import type { PlannedLimit } from './limits.ts';

const UNITS: Readonly<Record<LimitKind, readonly [unit: string, per: string]>> = {
  requests: ['request', 'per minute'],
  tokens: ['token', 'per minute'],
  requests_per_day: ['request', 'per day'],
  tokens_per_day: ['token', 'per day'],
};

/** An entry of `limits` in one line: `gpt-4o: 500 requests per minute, 30,000 tokens per minute; refused requests count`. */
export function explainLimit({ pattern, keyPattern, spec, changes }: PlannedLimit): string {
  const whose = limitInWords({ pattern, keyPattern });
  const later = changes.map(({ atMs, numbers }) => `from ${formatDuration(atMs)} on ${numbersInWords(numbers)}`);
  return [`${whose}: ${numbersInWords(spec)}`, ...later, ...optionsInWords(spec.options)].join('; ');
}

/** `gpt-4o`, or `* with a key like sk-batch*`. A key that is given whole is not shown. */
export function limitInWords({ pattern, keyPattern }: Pick<PlannedLimit, 'pattern' | 'keyPattern'>): string {
  return keyPattern === undefined ? pattern : `${pattern} with ${keyInWords(keyPattern)}`;
}

/** A whole key is not shown. */
function keyInWords(pattern: string): string {
  return /[*?/]/.test(pattern) ? `a key like ${pattern}` : 'a certain key';
}

function numbersInWords({ tier, given, inFlight }: LimitNumbers): string {
  const published = tier === undefined ? [] : [tier === 'free' ? 'the free tier as published' : `tier ${tier} as published`];
  const numbers = Object.entries(UNITS).flatMap(([kind, [unit, per]]) => {
    const limit = given[kind as LimitKind];
    return limit === undefined ? [] : [courseInWords(limit, unit, per)];
  });
  return [...published, ...numbers, ...(inFlight === undefined ? [] : [courseInWords(inFlight, 'request', 'at once')])].join(
    ', ',
  );
}

function courseInWords(course: Course, unit: string, per: string): string {
  const count = (n: number) => n.toLocaleString('en-US');
  if (typeof course === 'number') return `${count(course)} ${unit}${course === 1 ? '' : 's'} ${per}`;
  return `${count(course.from)} to ${count(course.to)} ${unit}s ${per} within ${formatDuration(course.overMs)}`;
}

function optionsInWords({ precount, failedRequestsCount, refundUnused, projectTokens, window, hints }: LimitOptions): string[] {
  const retryAfter = { seconds: [], date: ['Retry-After is a date'], none: ['no Retry-After'] }[hints.retryAfter];
  return [
    ...(window === 'fixed' ? ['in fixed windows'] : []),
    ...(precount === 'documented' ? ['max_tokens counts'] : []),
    ...(failedRequestsCount ? ['refused requests count'] : []),
    ...(refundUnused ? ['unused tokens flow back'] : []),
    ...(projectTokens ? ['project tokens are shown'] : []),
    ...retryAfter,
    ...(hints.retryAfterMs ? ['retry-after-ms is sent'] : []),
    ...(hints.shouldRetry ? ['x-should-retry is sent'] : []),
  ];
}
