import { z } from 'zod';
import type { LatencyMs } from '../openai/request/answer-settings.ts';
import { suggest } from '../text/suggest.ts';
import { DURATION_EXAMPLES, MAX_DURATION, MAX_DURATION_MS, parseDuration } from '../units/duration.ts';
import type { Ramp } from '../units/ramp.ts';
import { parseRate, RATE_EXAMPLES } from '../units/rate.ts';
import { parseSize } from '../units/size.ts';

/*
 * The kinds of value that scenarios and fault parameters are made of. Each is a zod schema that carries its own
 * message and its own JSON Schema.
 */

/** What was found, in a few words: `"latncy"`, `12`, `a list`. */
export function describeValue(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (typeof value === 'string') return JSON.stringify(value.length > 60 ? `${value.slice(0, 57)}...` : value);
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  return String(value);
}

/** A duration that is one, but longer than it may be. */
export class TooLong {
  /** `24d`. */
  readonly longest: string;
  constructor(longest: string) {
    this.longest = longest;
  }
}

/** A value that is near to one of this kind: taken for another kind it would hide a slip. */
export class Slip {
  /** A sentence: what to write. */
  readonly advice: string;
  constructor(advice: string) {
    this.advice = advice;
  }
}

/** A value read by `parse`, which returns undefined when it is not of this kind, and says more of one that is nearly of it. */
export function scalar<T, In = string>(
  expected: string,
  parse: (value: unknown) => T | TooLong | Slip | undefined,
  jsonSchema: object,
): z.ZodType<T, In> {
  const schema = z
    .unknown()
    .transform((value, context): T => {
      const parsed = parse(value);
      const found = describeValue(value);
      const unlike = `expected ${expected}, found ${found}`;
      if (parsed === undefined) context.addIssue({ code: 'custom', message: unlike });
      else if (parsed instanceof Slip) context.addIssue({ code: 'custom', message: `${unlike}. ${parsed.advice}` });
      else if (!(parsed instanceof TooLong)) return parsed;
      else {
        const message = `${found} is too long: expected a duration of at most ${parsed.longest}`;
        context.addIssue({ code: 'custom', message });
      }
      return z.NEVER;
    })
    .meta({ ...jsonSchema });
  return schema as unknown as z.ZodType<T, In>;
}

/** A mapping with known keys; an unknown one is answered with the nearest known. `noun` is what a key stands for. */
export function record<Shape extends z.core.$ZodLooseShape>(shape: Shape, noun = 'key') {
  const known = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') return undefined;
      // One line a key: the reader of the issue splits them to give each its own position.
      return (issue.keys as string[]).map((key) => unknownName(noun, key, known)).join('\n');
    },
  });
}

/** `unknown fault "latncy". Did you mean "latency"?`, or the list of what is known when nothing is near. */
export function unknownName(noun: string, found: string, known: readonly string[]): string {
  if (known.length === 0) return `unknown ${noun} ${describeValue(found)}. It takes none.`;
  const hint = suggest(found, known);
  const list = hint === '' && known.length <= 20 ? ` Known: ${known.join(', ')}.` : hint;
  return `unknown ${noun} ${describeValue(found)}.${list}`;
}

/** `250ms`, `2s`, `1m30s` → milliseconds. */
export function duration() {
  return scalar<number, string | 0>(`a duration such as ${DURATION_EXAMPLES}`, readDuration, {
    type: ['string', 'number'],
    pattern: '^(\\d+(\\.\\d+)?(ms|[smhd]))+$',
    maximum: 0,
    minimum: 0,
    examples: ['250ms', '2s', '1m30s'],
  });
}

function readDuration(value: unknown): number | TooLong | undefined {
  if (value === 0) return 0;
  const ms = typeof value === 'string' ? parseDuration(value) : undefined;
  return ms !== undefined && ms > MAX_DURATION_MS ? new TooLong(MAX_DURATION) : ms;
}

/** `50/s`, `600/m` → so many a second. */
export function rate() {
  return scalar<number>(
    `a rate such as ${RATE_EXAMPLES}`,
    (value) => (typeof value === 'string' ? parseRate(value) : undefined),
    {
      type: 'string',
      pattern: '^\\d+(\\.\\d+)?/[smh]$',
      examples: ['50/s', '600/m'],
    },
  );
}

/** `64KiB`, `100B` or a number of bytes, at least 1 → bytes. */
export function size() {
  return scalar<number, string | number>('a size such as 100B, 64KiB or 1MiB', readSize, {
    type: ['string', 'integer'],
    pattern: '^\\d+(\\.\\d+)?(B|KiB|MiB)$',
    minimum: 1,
    examples: ['100B', '64KiB', '1MiB'],
  });
}

function readSize(value: unknown): number | undefined {
  const bytes = typeof value === 'string' ? parseSize(value) : value;
  return typeof bytes === 'number' && Number.isSafeInteger(bytes) && bytes >= 1 ? bytes : undefined;
}

/** A whole number from `min` to `max`. */
export function whole(min: number, max = Number.MAX_SAFE_INTEGER) {
  return z.number().int({ abort: true }).min(min).max(max);
}

/** A chance or share: 0 to 1. */
export function share() {
  return z.number().min(0).max(1);
}

/** A share, as a number from 0 to 1 or as a percentage. */
export function percentage() {
  return scalar<number, string | number>(
    'a share such as 5% or 0.05',
    (value) => {
      const percent = typeof value === 'string' ? /^(\d{1,3}(?:\.\d+)?) ?%$/.exec(value)?.[1] : undefined;
      const found = percent === undefined ? value : Number(percent) / 100;
      return typeof found === 'number' && found >= 0 && found <= 1 ? found : undefined;
    },
    { type: ['string', 'number'] },
  );
}

/** `{ from, to, over }`: a value that changes evenly. None begins and ends at once. */
export function ramp<In>(value: z.ZodType<number, In>) {
  const length = duration()
    .refine((ms) => ms > 0, { error: 'expected a duration above 0, found 0' })
    .describe('how long the change takes; then it stays');
  return record({ from: value, to: value, over: length }).transform(({ from, to, over }): Ramp => ({ from, to, overMs: over }));
}

/** A duration that varies: `300ms`, `{ min, max }`, `{ p50, p95 }` or `{ from, to, over }`. */
export function latencySpec() {
  return z.union([
    duration().transform((ms): LatencyMs => ({ kind: 'constant', ms })),
    ramp(duration()).transform((change): LatencyMs => ({ kind: 'ramp', ...change })),
    record({ min: duration(), max: duration() })
      .refine(({ min, max }) => min <= max, { error: 'min is above max' })
      .transform(
        ({ min, max }): LatencyMs => ({
          kind: 'uniform',
          minMs: min,
          maxMs: max,
        }),
      ),
    record({ p50: duration(), p95: duration() })
      .refine(({ p50, p95 }) => p50 > 0 && p50 <= p95, {
        error: 'p50 must be above 0 and at most p95',
      })
      .transform(
        ({ p50, p95 }): LatencyMs => ({
          kind: 'lognormal',
          p50Ms: p50,
          p95Ms: p95,
        }),
      ),
  ]);
}
