import { z } from 'zod';
import type { ErrorAnswer } from '../openai/errors/error.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import { describeValue, duration, record, Slip, scalar, TooLong } from '../schema/fields.ts';
import { suggest } from '../text/suggest.ts';
import { nearDuration, parseDuration } from '../units/duration.ts';
import { formatHttpDate, type HttpDateForm, httpDateForms } from '../units/http-date.ts';
import type { Header } from '../wire/effect.ts';
import type { Moment } from './moment.ts';

/** When the client is told to come back: a wait in milliseconds, a moment (negative: past), or a raw header value that may be nonsense. */
type RetryAfter =
  | { readonly kind: 'wait'; readonly ms: number }
  | { readonly kind: 'date'; readonly ms: number; readonly form: HttpDateForm }
  | { readonly kind: 'raw'; readonly value: string }
  | { readonly kind: 'until_end' }
  | { readonly kind: 'none' };

/** What HTTP allows in a header name and in a value: anything else would not reach the wire. */
const HEADER_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/;
const HEADER_VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** A century: the year keeps four digits. */
const MAX_OFFSET_DAYS = 36_525;

/** `2s` is a wait, and so is the number 2. A zero, a fraction of a second as a number and a text that does not look like a duration go out as written. */
function readRetryAfter(value: unknown): RetryAfter | Slip | undefined {
  if (value === 'none' || value === 'until_end') return { kind: value };
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) return undefined;
    const isWait = Number.isInteger(value) && value >= 1 && Number.isSafeInteger(value * 1_000);
    return isWait ? { kind: 'wait', ms: value * 1_000 } : { kind: 'raw', value: String(value) };
  }
  if (typeof value !== 'string' || !HEADER_VALUE.test(value)) return undefined;
  const ms = parseDuration(value);
  if (ms === undefined) return slipOf(value) ?? wordSlipOf(value) ?? { kind: 'raw', value };
  if (!Number.isSafeInteger(Math.ceil(ms))) return { kind: 'raw', value };
  return ms === 0 ? { kind: 'raw', value: '0' } : { kind: 'wait', ms };
}

/** What to write in the place of a text that is nearly a duration. */
function slipOf(text: string): Slip | undefined {
  const meant = nearDuration(text);
  if (meant === undefined) return undefined;
  const asItIs = `{ raw: ${describeValue(text)} } to send it as it is`;
  return new Slip(meant === '' ? `Write ${asItIs}.` : `Write ${meant}, or ${asItIs}.`);
}

/** The words that `retry_after` knows. */
const RETRY_AFTER_WORDS = ['until_end', 'none'] as const;

/** What to write in the place of a text that has the letters of a word that is known, or nearly those of `until_end`. */
function wordSlipOf(text: string): Slip | undefined {
  const letters = text.toLowerCase().replaceAll(/[^a-z]/g, '');
  const meant = RETRY_AFTER_WORDS.find((word) => letters === word.replace('_', '')) ?? nearUntilEnd(text);
  return meant && new Slip(`Write ${meant}, or { raw: ${describeValue(text)} } to send it as it is.`);
}

/** Short words are left alone: much that is meant for the wire is near to them. */
function nearUntilEnd(text: string): 'until_end' | undefined {
  return text.length >= 'until_end'.length - 2 && suggest(text, ['until_end']) !== '' ? 'until_end' : undefined;
}

/** The raw value of the header; a duration, and a number of milliseconds to wait, become whole ones, rounded up. */
function readRetryAfterMs(value: unknown): string | Slip | undefined {
  if (typeof value === 'number') return Number.isFinite(value) ? String(value > 0 ? Math.ceil(value) : value) : undefined;
  if (typeof value !== 'string' || !HEADER_VALUE.test(value)) return undefined;
  if (value === 'until_end') return new Slip('until_end goes with retry_after; { raw: until_end } sends the word as it is.');
  const ms = parseDuration(value);
  if (ms === undefined) return slipOf(value) ?? value;
  return Number.isSafeInteger(Math.ceil(ms)) ? String(Math.ceil(ms)) : value;
}

/** A duration, with a minus for one that lies in the past. Milliseconds. */
function readOffset(value: unknown): number | TooLong | undefined {
  if (value === 0) return 0;
  if (typeof value !== 'string') return undefined;
  const past = value.startsWith('-');
  const ms = parseDuration(past ? value.slice(1) : value);
  if (ms === undefined) return undefined;
  if (ms > MAX_OFFSET_DAYS * 86_400_000) return new TooLong(`${MAX_OFFSET_DAYS}d`);
  return past ? -ms : ms;
}

/** Any text that a header may have, also one that looks like a duration. */
const rawValue = record({
  raw: scalar<string, string | number>(
    'a header value of one line in Latin-1',
    (value) => (typeof value === 'number' || (typeof value === 'string' && HEADER_VALUE.test(value)) ? String(value) : undefined),
    { type: ['string', 'number'], description: 'goes out as it is' },
  ),
});

const retryAfter = z.union([
  scalar<RetryAfter, string | number>('a duration such as 2s, { raw: soon }, { date: 3s }, until_end or none', readRetryAfter, {
    type: ['string', 'number'],
  }),
  record({
    date: scalar<number, string | 0>('a duration such as 3s, or -3s for a date in the past', readOffset, {
      type: ['string', 'number'],
      description: 'from now; -3s is in the past',
    }),
    form: z.enum(httpDateForms).default('imf').describe('of the HTTP-date, RFC 9110 §5.6.7'),
  }).transform(({ date, form }): RetryAfter => ({ kind: 'date', ms: date, form })),
  rawValue.transform(({ raw }): RetryAfter => ({ kind: 'raw', value: raw })),
]);

const retryAfterMs = z.union([
  scalar<string, string | number>('a duration, a number of milliseconds or { raw: soon }', readRetryAfterMs, {
    type: ['string', 'number'],
  }),
  rawValue.transform(({ raw }) => raw),
]);

const headerValue = z.string().regex(HEADER_VALUE, {
  error: ({ input }) => `expected a header value of one line in Latin-1, found ${describeValue(input)}`,
});

/** Headers that say where the body ends: with another value, what follows on the connection would be garbage. */
const FRAMING = new Set(['content-length', 'transfer-encoding', 'trailer']);

const headerChanges = z.record(z.string(), headerValue.nullable()).superRefine((headers, context) => {
  for (const name of Object.keys(headers)) {
    const lower = name.toLowerCase();
    if (FRAMING.has(lower) && headers[name] !== null) {
      context.addIssue({ code: 'custom', path: [name], message: `${lower} frames the body and cannot be set here` });
    }
    if (HEADER_NAME.test(name)) continue;
    context.addIssue({
      code: 'custom',
      path: [name],
      message: `expected a header name, found ${describeValue(name)}`,
    });
  }
});

/** Parameters that every error fault takes. */
export const errorShape = {
  retry_after: retryAfter
    .optional()
    .describe('Retry-After: a duration, { raw: soon }, { date: 3s, form: rfc850 }, until_end (of the span of the rule) or none'),
  retry_after_ms: retryAfterMs.optional().describe('retry-after-ms: a duration, milliseconds or { raw: soon }'),
  should_retry: z.boolean().optional().describe('x-should-retry'),
  message: z.string().optional().describe('replaces the message'),
  headers: headerChanges.optional().describe('headers to add, replace or (null) remove'),
  after: duration().optional().describe('answers late'),
};

/** The parameters of an error fault that has none of its own. */
export const errorParams = () => record(errorShape).prefault({});

export type ErrorParams = z.output<ReturnType<typeof errorParams>>;

/** Whether the client is told to come back when the rule is over. */
export function isUntilEnd({ retry_after: hint }: ErrorParams): boolean {
  return hint?.kind === 'until_end';
}

/** The parameters at a moment of the rule: from then on until its end, or from when the answer goes out late. */
export function withEnd(params: ErrorParams, { leftMs }: Moment): ErrorParams {
  if (!isUntilEnd(params)) return params;
  const endless = leftMs === Number.POSITIVE_INFINITY;
  return {
    ...params,
    retry_after: endless ? { kind: 'none' } : { kind: 'wait', ms: Math.max(1, leftMs - (params.after ?? 0)) },
  };
}

/** How long the client is told to wait, in milliseconds; undefined when it is not told, or not in a way that means a wait. */
export function askedWaitMs({ retry_after: hint, retry_after_ms: hintMs }: ErrorParams): number | undefined {
  const ms = hint === undefined ? Number(hintMs) : meantMs(hint);
  return ms > 0 && ms <= Number.MAX_SAFE_INTEGER ? ms : undefined;
}

/** What the hint means by itself; not a number when it means no wait. A raw number is one of seconds. */
function meantMs(hint: RetryAfter): number {
  if (hint.kind === 'wait' || hint.kind === 'date') return hint.ms;
  return hint.kind === 'raw' && /^\d+(?:\.\d+)?$/.test(hint.value) ? Math.round(Number(hint.value) * 1_000) : Number.NaN;
}

/** The error with the parameters' message, hints and headers in place; what the scenario says in `headers` wins. */
export function withParams(answer: ErrorAnswer, params: ErrorParams, context: ReplyContext): ErrorAnswer {
  const changes = [...hintHeaders(params, context), ...Object.entries(params.headers ?? {})];
  return changeHeaders(params.message === undefined ? answer : changeMessage(answer, params.message), changes);
}

/** A header to set, or with null to remove. */
type HeaderChange = readonly [name: string, value: string | null];

/** Retry hints as headers. Waits are rounded up, so that a client that obeys is never early; a past date stays past. */
function hintHeaders(params: ErrorParams, { clock }: ReplyContext): HeaderChange[] {
  const headers: HeaderChange[] = [];
  const hint = params.retry_after;
  if (hint?.kind === 'wait') headers.push(['retry-after', String(Math.ceil(hint.ms / 1_000))]);
  if (hint?.kind === 'raw') headers.push(['retry-after', hint.value]);
  if (hint?.kind === 'none') headers.push(['retry-after', null]);
  if (hint?.kind === 'date') {
    const seconds = (clock.wall() + hint.ms) / 1_000;
    const dueMs = (hint.ms < 0 ? Math.floor(seconds) : Math.ceil(seconds)) * 1_000;
    headers.push(['retry-after', formatHttpDate(dueMs, hint.form)]);
  }
  if (params.retry_after_ms !== undefined) headers.push(['retry-after-ms', params.retry_after_ms]);
  if (params.should_retry !== undefined) headers.push(['x-should-retry', String(params.should_retry)]);
  return headers;
}

function changeMessage(answer: ErrorAnswer, message: string): ErrorAnswer {
  const { error, raw } = answer;
  if (error !== undefined) return { ...answer, error: { ...error, message } };
  if (raw?.message === undefined) return answer;
  return {
    ...answer,
    raw: { ...raw, body: raw.body.replaceAll(raw.message, () => message) },
  };
}

/** Later changes win. A header that is set takes the place of one of the same name, from any layer. */
function changeHeaders(answer: ErrorAnswer, changes: readonly HeaderChange[]): ErrorAnswer {
  const final = new Map<string, HeaderChange>();
  for (const change of changes) final.set(change[0].toLowerCase(), change);
  const set = [...final.values()].filter((change): change is Header => change[1] !== null);
  const removed = [...final].filter(([, [, value]]) => value === null).map(([name]) => name);
  return {
    ...answer,
    extra: [...(answer.extra ?? []).filter(([name]) => !final.has(name.toLowerCase())), ...set],
    without: [...(answer.without ?? []).filter((name) => !final.has(name)), ...removed],
  };
}
