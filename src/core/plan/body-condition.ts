import type { Libraries } from '../libraries.ts';
import { parsePointer } from '../openai/request/json-pointer.ts';
import type { BodyValue } from '../scenario/match-schema.ts';
import { compilePattern, isWild } from '../text/pattern.ts';
import type { Facts } from './facts.ts';
import type { Needed } from './needed.ts';

/** Whether any of the values at that place of the body is the one that is given; of a text, whether it fits. */
export function bodyCondition(pointer: string, wanted: BodyValue, libraries: Libraries): (facts: Facts) => boolean {
  const segments = parsePointer(pointer) ?? [];
  const fits = typeof wanted === 'string' ? compilePattern(wanted, libraries) : undefined;
  const isWanted = (value: unknown) => (fits === undefined ? value === wanted : isText(value) && fits(String(value)));
  return (facts) => facts.inBody(pointer, segments).some(isWanted);
}

/** The value that has to stand at that place, where it is known to the letter. */
export function neededInBody(pointer: string, wanted: BodyValue): Needed | undefined {
  if (typeof wanted === 'string' && isWild(wanted)) return undefined;
  const segments = parsePointer(pointer) ?? [];
  return {
    fact: `body ${pointer}`,
    value: typeof wanted === 'string' ? `text ${wanted}` : `value ${wanted}`,
    valuesOf: (facts) => facts.inBody(pointer, segments).flatMap(namesOf),
  };
}

function namesOf(value: unknown): readonly string[] {
  if (value === null) return ['value null'];
  if (!isText(value)) return [];
  return typeof value === 'string' ? [`text ${value}`] : [`text ${String(value)}`, `value ${String(value)}`];
}

/** Numbers, true and false are texts, too, where a text is asked for. */
function isText(value: unknown): value is string | number | boolean {
  return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}
