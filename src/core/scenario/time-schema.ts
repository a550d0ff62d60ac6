import { z } from 'zod';
import { duration, ramp, record, Slip, scalar, share } from '../schema/fields.ts';
import { parseDuration } from '../units/duration.ts';
import { parseRange } from '../units/range.ts';
import type { Span } from '../units/span.ts';

/** `10s..20s`, `10s..`, `..20s`: the end is not part of it. */
function readSpan(value: unknown): Span | Slip | undefined {
  if (typeof value !== 'string' || !value.includes('..')) return undefined;
  const span = parseRange(value, parseDuration);
  if (span !== undefined && span.from < span.to) return span;
  const [from, to] = value.split('..').map((end) => parseDuration(end.trim()));
  return from !== undefined && to !== undefined && from >= to ? new Slip('A span ends after it begins') : undefined;
}

const simpleSpan = scalar<Span>('a span of time such as 10s..20s', readSpan, { type: 'string', examples: ['10s..20s', '10s..'] });

const repeatedSpan = record({
  from: duration().default(0).describe('when it first begins'),
  to: duration().optional().describe('when all of it is over; without it never'),
  every: duration().describe('from one beginning to the next'),
  for: duration().describe('how long it lasts each time'),
}).transform(({ from, to = Number.POSITIVE_INFINITY, every, for: lasts }, context): Span => {
  const complain = (path: string, message: string) => context.addIssue({ code: 'custom', path: [path], message });
  if (lasts === 0) complain('for', 'expected a duration above 0, found 0');
  else if (lasts >= every) complain('for', 'expected less than `every`: with no pause between it is one span, from..to');
  if (to <= from) complain('to', 'expected a later time than `from`');
  return { from, to, again: { everyMs: every, forMs: lasts } };
});

const oneSpan = z.union([simpleSpan, repeatedSpan]);

/** One span, or a list of spans. */
export const duringSchema = z.union([oneSpan.transform((span): readonly Span[] => [span]), z.array(oneSpan).min(1)]);

/** A chance, or a ramp of chances. */
export const probabilitySchema = z.union([share(), ramp(share())]);

/** Shorter ones are noise: no client notices. */
const SHORTEST_MEAN_MS = 100;

const meanLength = duration().refine((ms) => ms >= SHORTEST_MEAN_MS, {
  error: `expected a mean of at least ${SHORTEST_MEAN_MS}ms`,
});

export const burstsSchema = record({
  on: meanLength.describe('mean length of the trouble'),
  off: meanLength.describe('mean length of the quiet between'),
}).transform(({ on, off }) => ({ onMs: on, offMs: off }));
