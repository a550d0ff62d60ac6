import type { Libraries } from '../libraries.ts';
import { parsePointer } from '../openai/request/json-pointer.ts';
import type { BodyValue } from '../scenario/match-schema.ts';
import { compilePattern } from '../text/pattern.ts';
import type { Facts } from './facts.ts';
import type { Needed } from './needed.ts';
import { neededText } from './needed-text.ts';

/** Whether any of the values at that place of the body is the one that is given; of a text, whether it fits. */
export function bodyCondition(pointer: string, wanted: BodyValue, libraries: Libraries): (facts: Facts) => boolean {
  const segments = parsePointer(pointer) ?? [];
  const fits = typeof wanted === 'string' ? compilePattern(wanted, libraries) : undefined;
  const isWanted = (value: unknown) => (fits === undefined ? value === wanted : isText(value) && fits(String(value)));
  return (facts) => facts.inBody(pointer, segments).some(isWanted);
}

/** What has to stand at that place. */
export function neededInBody(pointer: string, wanted: BodyValue): Needed | undefined {
  const segments = parsePointer(pointer) ?? [];
  const fact = `body ${pointer}`;
  const textsOf = (facts: Facts) => facts.inBody(pointer, segments).flatMap(namesOf);
  if (typeof wanted === 'string') return neededText(wanted, { fact, before: 'text ', textsOf });
  return { fact, texts: [`value ${wanted}`], part: 'whole', textsOf };
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
