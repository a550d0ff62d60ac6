import { REQUEST_BOUNDS } from '../core/openai/request/request-bounds.ts';
/** A JSON object in the place of a schema. */
export type Fields = Readonly<Record<string, unknown>>;
export type Bounded = Record<string, unknown> | boolean;

/** Values of a sample; a text counts as many as it has characters. */
export const MAX_VALUES = REQUEST_BOUNDS.sampledValues;
/** Items of an array that may have any number of them. */
const USUAL_ITEMS = 3;
const MAX_PATTERN_LENGTH = 1_000;

/** An array that needs items without saying which gets texts: the generator would leave it empty. */
export function itemsOf({ items, prefixItems, minItems }: Fields): unknown {
  return items === undefined && prefixItems === undefined && sizeOf(minItems) > 0 ? { type: 'string' } : items;
}

/** The simplest of the types when one of them holds no other values. */
export function flatTypeOf(type: unknown): string | undefined {
  const types: readonly unknown[] = Array.isArray(type) ? type : [type];
  return ['null', 'boolean', 'integer', 'number', 'string'].find((flat) => types.includes(flat));
}

/** Sets how many items an array may have; returns that. */
export function boundItems(result: Record<string, unknown>, ending: boolean): number {
  const min = sizeOf(result['minItems']);
  const usual = ending ? min : Math.max(min, USUAL_ITEMS);
  const max = typeof result['maxItems'] === 'number' ? Math.min(result['maxItems'], usual) : usual;
  result['maxItems'] = max;
  return max;
}

/** The generator takes a bound that is not given for a thousand; one beyond it would leave no number between. */
export function boundNumbers(result: Record<string, unknown>): void {
  const min = result['minimum'] ?? result['exclusiveMinimum'];
  const max = result['maximum'] ?? result['exclusiveMaximum'];
  if (typeof min === 'number' && max === undefined) result['maximum'] = min + Math.max(1_000, Math.abs(min));
  if (typeof max === 'number' && min === undefined) result['minimum'] = max - Math.max(1_000, Math.abs(max));
}

/** A list of types as alternatives: the generator hands the type it chose down to the children. */
export function withSingleTypes(result: Record<string, unknown>): Bounded {
  const { type, ...rest } = result;
  if (!Array.isArray(type)) return result;
  if (rest['enum'] !== undefined || rest['const'] !== undefined) return rest;
  const alternatives = type.map((single: unknown) => ({
    ...rest,
    type: single,
  }));
  return { anyOf: alternatives };
}

/** The pattern. Throws when what it stands for would be too long. */
export function patternOf({ pattern }: Fields): string | undefined {
  if (typeof pattern !== 'string') return undefined;
  const timesOf = (repetition: RegExp) => [...pattern.matchAll(repetition)].map(([, times]) => Math.max(1, Number(times)));
  // Groups may be inside of each other, so that their repetitions multiply.
  const length = timesOf(/\)\{(\d+)/g).reduce((a, b) => a * b, Math.max(1, ...timesOf(/[^)]\{(\d+)/g)));
  if (pattern.length > MAX_PATTERN_LENGTH || length > MAX_VALUES) throw new RangeError('the pattern asks for too long a text');
  return pattern;
}

/** The number, if it is one above zero. */
export function sizeOf(value: unknown): number {
  return typeof value === 'number' && value > 0 ? value : 0;
}

/** The value as an object; an empty one when it is none. */
export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}

/** Whether the value is an object and no list. */
export function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
