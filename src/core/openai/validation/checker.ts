import { BoundedMemo } from '../../memo/bounded-memo.ts';
import type { ErrorAnswer } from '../errors/error.ts';
import {
  aboveMaximum,
  arrayTooLong,
  belowMinimum,
  emptyArray,
  invalidJson,
  invalidKey,
  invalidType,
  invalidValue,
  missingParameter,
  patternMismatch,
  stringTooLong,
  tooManyProperties,
  unknownParameter,
} from '../errors/errors.ts';
import { jsonTypeName } from '../errors/json-type-name.ts';
import { isTokens } from '../request/prompt.ts';
import { asRecord } from '../request/request.ts';
import { isTooDeep } from './depth.ts';
import {
  type ArrayRule,
  expectedNoun,
  type InputRule,
  type MapRule,
  type NumberRule,
  type ObjectRule,
  type Rule,
  type StringRule,
  type TaggedRule,
  type UnionRule,
} from './rule.ts';

/**
 * Holds a value against its rule; the first error wins. Of an object: unknown fields, then required ones, then what the
 * fields hold, in the order of the request. The depth of the rules bounds that of the recursion.
 */
export class Checker {
  /** Names and indices from the root to the value at hand; printed only when there is something wrong with it. */
  readonly #way: (string | number)[] = [];

  check(value: unknown, rule: Rule): ErrorAnswer | undefined {
    if (value === null && rule.nullable === true) return undefined;
    switch (rule.kind) {
      case 'string':
        return typeof value === 'string' ? this.#checkString(value, rule) : this.#wrongType(value, rule);
      case 'boolean':
        return typeof value === 'boolean' ? undefined : this.#wrongType(value, rule);
      case 'integer':
      case 'decimal':
        return this.#checkNumber(value, rule);
      case 'array':
        return Array.isArray(value) ? this.#checkArray(value, rule) : this.#wrongType(value, rule);
      case 'union':
        return this.#checkUnion(value, rule);
      case 'input':
        return this.#checkInput(value, rule);
      default: {
        const record = asRecord(value);
        return record === undefined ? this.#wrongType(value, rule) : this.#checkRecord(record, rule);
      }
    }
  }

  /** The fields that are given, without asking for unknown and for required ones. */
  checkFields(record: Readonly<Record<string, unknown>>, { fields }: Pick<ObjectRule, 'fields'>): ErrorAnswer | undefined {
    for (const name of Object.keys(record)) {
      const rule = ownRule(fields, name);
      const error = rule === undefined ? unreadError(record[name]) : this.#inside(name, record[name], rule);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #checkRecord(record: Readonly<Record<string, unknown>>, rule: ObjectRule | TaggedRule | MapRule): ErrorAnswer | undefined {
    if (rule.kind === 'map') return this.#checkMap(record, rule);
    if (rule.kind === 'tagged') return this.#checkTagged(record, rule);
    return this.#checkObject(record, rule, undefined);
  }

  #checkTagged(record: Readonly<Record<string, unknown>>, { tag, variants }: TaggedRule): ErrorAnswer | undefined {
    const value = Object.hasOwn(record, tag) ? record[tag] : undefined;
    if (value === undefined) return missingParameter(this.#path(tag));
    if (typeof value !== 'string') return invalidType(this.#path(tag), 'a string', jsonTypeName(value));
    if (!Object.hasOwn(variants, value)) return invalidValue(this.#path(tag), value, Object.keys(variants));
    return this.#checkObject(record, variants[value] as ObjectRule, tag);
  }

  #checkObject(record: Readonly<Record<string, unknown>>, rule: ObjectRule, tag: string | undefined): ErrorAnswer | undefined {
    const { fields, required = NONE } = rule;
    if (rule.open === 'unread') return undefined;
    if (rule.open !== true) {
      for (const name of Object.keys(record)) {
        if (name !== tag && !Object.hasOwn(fields, name)) return unknownParameter(this.#path(name));
      }
    }
    for (const name of required) if (!Object.hasOwn(record, name)) return missingParameter(this.#path(name));
    return this.checkFields(record, rule);
  }

  #checkMap(record: Readonly<Record<string, unknown>>, { values, maxProperties, keys }: MapRule): ErrorAnswer | undefined {
    const names = Object.keys(record);
    if (maxProperties !== undefined && names.length > maxProperties) {
      return tooManyProperties(this.#path(), { limit: maxProperties, found: names.length });
    }
    for (const name of names) {
      if (keys === 'integers' && !/^\d+$/.test(name)) return invalidKey(this.#path(), name);
      const error = this.#inside(name, record[name], values);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #checkArray(list: readonly unknown[], { items, minItems, maxItems }: ArrayRule): ErrorAnswer | undefined {
    if (minItems !== undefined && list.length < minItems) return emptyArray(this.#path());
    if (maxItems !== undefined && list.length > maxItems) {
      return arrayTooLong(this.#path(), { limit: maxItems, found: list.length });
    }
    for (let index = 0; index < list.length; index++) {
      const error = this.#inside(index, list[index], items);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #checkUnion(value: unknown, rule: UnionRule): ErrorAnswer | undefined {
    const option = rule.options.find((candidate) => isOfType(value, candidate));
    return option === undefined ? this.#wrongType(value, rule) : this.check(value, option);
  }

  #checkInput(value: unknown, rule: InputRule): ErrorAnswer | undefined {
    if (typeof value === 'string') return undefined;
    if (!Array.isArray(value)) return this.#wrongType(value, rule);
    const list: readonly unknown[] = value;
    const { entry, maxItems } = rule;
    // Of one list of ids the window is the only bound.
    const ids = entry.kind !== 'tagged' && list.length > 0 && isTokens(list);
    const items: Rule = ids
      ? entry
      : { kind: 'union', options: [{ kind: 'string' }, entry.kind === 'tagged' ? entry : idsOf(entry)] };
    return this.#checkArray(list, { kind: 'array', minItems: 1, items, ...(ids ? {} : { maxItems }) });
  }

  #checkString(value: string, { values, maxLength, pattern }: StringRule): ErrorAnswer | undefined {
    if (values !== undefined && !values.includes(value)) return invalidValue(this.#path(), value, values);
    if (maxLength !== undefined && value.length > maxLength) {
      return stringTooLong(this.#path(), { limit: maxLength, found: value.length });
    }
    return pattern === undefined || compiled(pattern).test(value) ? undefined : patternMismatch(this.#path(), pattern);
  }

  #checkNumber(value: unknown, rule: NumberRule): ErrorAnswer | undefined {
    const { kind, min, max } = rule;
    if (typeof value !== 'number' || (kind === 'integer' && !Number.isInteger(value))) return this.#wrongType(value, rule);
    // A bound beyond 2 ** 53 is rounded as the value was when it was parsed.
    if (min !== undefined && value < Number(min)) return belowMinimum(this.#path(), kind, { limit: min, found: value });
    if (max !== undefined && value > Number(max)) return aboveMaximum(this.#path(), kind, { limit: max, found: value });
    return undefined;
  }

  #inside(step: string | number, value: unknown, rule: Rule): ErrorAnswer | undefined {
    this.#way.push(step);
    const error = this.check(value, rule);
    this.#way.pop();
    return error;
  }

  #wrongType(value: unknown, rule: Rule): ErrorAnswer {
    return invalidType(this.#path(), expectedNoun(rule), jsonTypeName(value));
  }

  #path(...further: readonly string[]): string {
    return [...this.#way, ...further].reduce<string>(extended, '');
  }
}

const NONE: readonly string[] = [];

/** `a.b[0].c` (wire.md 1.1, "Templates"). */
function extended(path: string, step: string | number): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}

/** A list of token ids. */
function idsOf(entry: NumberRule): ArrayRule {
  return { kind: 'array', items: entry, minItems: 1 };
}

/** The rule of a field; a name such as `constructor` has none. */
export function ownRule(fields: ObjectRule['fields'], name: string): Rule | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** What is nested beyond all sense counts as JSON that cannot be read; the real limit is unknown. */
function unreadError(value: unknown): ErrorAnswer | undefined {
  return typeof value === 'object' && isTooDeep(value) ? invalidJson() : undefined;
}

function isOfType(value: unknown, { kind }: Rule): boolean {
  switch (kind) {
    case 'string':
    case 'boolean':
      return typeof value === kind;
    case 'array':
      return Array.isArray(value);
    case 'integer':
    case 'decimal':
      return typeof value === 'number';
    default:
      return asRecord(value) !== undefined;
  }
}

/** Patterns stand in rules: there are few. */
const patterns = new BoundedMemo<string, RegExp>(1_000);

function compiled(pattern: string): RegExp {
  return patterns.get(pattern, () => new RegExp(pattern));
}
