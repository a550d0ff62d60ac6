import { BoundedMemo } from '../../memo/bounded-memo.ts';
import type { ErrorAnswer } from '../errors/error.ts';
import {
  aboveMaximum,
  arrayTooLong,
  belowMinimum,
  emptyArray,
  emptyString,
  invalidArgument,
  invalidJson,
  invalidKey,
  invalidType,
  invalidValue,
  missingParameter,
  patternMismatch,
  propertyNameTooLong,
  stringTooLong,
  tooManyProperties,
  unknownParameter,
  wrongIdPrefix,
} from '../errors/errors.ts';
import { jsonTypeName } from '../errors/json-type-name.ts';
import { isTokens } from '../request/prompt.ts';
import { asRecord } from '../request/request.ts';
import { isTooDeep } from './depth.ts';
import { type LetThrough, UNKNOWN } from './let-through.ts';
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

/** How an API reads what it checks. */
export interface CheckStyle {
  /** A JSON value as it names what it got. */
  typeName(value: unknown): string;
  /** A field that is null counts as left out, whatever its rule says. */
  readonly nullIsAbsent: boolean;
  /** The answer to JSON that it cannot read. */
  unreadable(): ErrorAnswer;
}

/** As chat completions do it. */
const CHAT_STYLE: CheckStyle = { typeName: jsonTypeName, nullIsAbsent: false, unreadable: invalidJson };

export interface CheckerParts {
  /** Default: that of chat completions. */
  readonly style?: CheckStyle;
  /** Where the values stand that are checked. */
  readonly way?: readonly (string | number)[];
  /** Takes note of unknown fields. Without it, they are refused. */
  readonly letThrough?: LetThrough | undefined;
}

/**
 * Holds a value against its rule; the first error wins. Of an object: unknown fields, then required ones, then what the
 * fields hold, in the order of the request. The depth of the rules bounds that of the recursion.
 */
export class Checker {
  /** Names and indices from the root to the value at hand; printed only when there is something wrong with it. */
  readonly #way: (string | number)[];
  readonly #style: CheckStyle;
  readonly #letThrough: LetThrough | undefined;

  constructor({ style = CHAT_STYLE, way = [], letThrough }: CheckerParts = {}) {
    this.#style = style;
    this.#way = [...way];
    this.#letThrough = letThrough;
  }

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
      if (record[name] === null && this.#style.nullIsAbsent) continue;
      const rule = ownRule(fields, name);
      const error = rule === undefined ? this.#unreadError(record[name]) : this.#inside(name, record[name], rule);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  /** The same in the order of the rules: what the rules do not name is not looked at. */
  checkInOrder(record: Readonly<Record<string, unknown>>, { fields }: Pick<ObjectRule, 'fields'>): ErrorAnswer | undefined {
    // A request has few of the fields, and most requests have nothing wrong.
    if (!this.#findsError(record, fields)) return undefined;
    for (const name in fields) {
      if (!Object.hasOwn(record, name)) continue;
      const error = this.#inside(name, record[name], fields[name] as Rule);
      if (error !== undefined) return error;
    }
    return undefined;
  }

  #findsError(record: Readonly<Record<string, unknown>>, fields: ObjectRule['fields']): boolean {
    for (const name in record) {
      const rule = ownRule(fields, name);
      if (rule !== undefined && this.#inside(name, record[name], rule) !== undefined) return true;
    }
    return false;
  }

  #checkRecord(record: Readonly<Record<string, unknown>>, rule: ObjectRule | TaggedRule | MapRule): ErrorAnswer | undefined {
    if (rule.kind === 'map') return this.#checkMap(record, rule);
    if (rule.kind === 'tagged') return this.#checkTagged(record, rule);
    return this.#checkObject(record, rule, NONE);
  }

  /** `outer`: the tags that led here. */
  #checkTagged(
    record: Readonly<Record<string, unknown>>,
    rule: TaggedRule,
    outer: readonly string[] = NONE,
  ): ErrorAnswer | undefined {
    const { tag, variants, usual } = rule;
    const value = this.#given(record, tag) ?? usual;
    const variant = typeof value === 'string' && Object.hasOwn(variants, value) ? variants[value] : undefined;
    if (variant === undefined) return this.#wrongTag(value, rule);
    const tags = [...outer, tag];
    return variant.kind === 'tagged' ? this.#checkTagged(record, variant, tags) : this.#checkObject(record, variant, tags);
  }

  #wrongTag(value: unknown, { tag, variants, blamesObject, known }: TaggedRule): ErrorAnswer {
    const supported = Object.keys(variants);
    if (blamesObject !== undefined) {
      return invalidValue(this.#path(), typeof value === 'string' && blamesObject !== 'mute' ? value : '', supported);
    }
    if (value === undefined) return missingParameter(this.#path(tag));
    if (typeof value !== 'string') return invalidType(this.#path(tag), 'a string', this.#style.typeName(value));
    if (known?.includes(value) === true) return invalidValue(this.#path(), value, supported);
    return invalidValue(this.#path(tag), value, known ?? supported);
  }

  /** What a field holds; undefined where it counts as left out. */
  #given(record: Readonly<Record<string, unknown>>, name: string): unknown {
    const value = Object.hasOwn(record, name) ? record[name] : undefined;
    return value === null && this.#style.nullIsAbsent ? undefined : value;
  }

  #checkObject(record: Readonly<Record<string, unknown>>, rule: ObjectRule, tags: readonly string[]): ErrorAnswer | undefined {
    const { fields, required = NONE } = rule;
    if (rule.open === 'unread') return undefined;
    if (rule.open !== true) {
      for (const name of Object.keys(record)) {
        if (tags.includes(name) || Object.hasOwn(fields, name)) continue;
        if (this.#letThrough === undefined) return unknownParameter(this.#path(name));
        this.#letThrough.note([...this.#way, name], UNKNOWN);
      }
    }
    for (const name of required) if (this.#given(record, name) === undefined) return missingParameter(this.#path(name));
    return this.checkFields(record, rule);
  }

  #checkMap(
    record: Readonly<Record<string, unknown>>,
    { values, maxProperties, keys, maxKeyLength }: MapRule,
  ): ErrorAnswer | undefined {
    const names = Object.keys(record);
    if (maxProperties !== undefined && names.length > maxProperties) {
      return tooManyProperties(this.#path(), { limit: maxProperties, found: names.length });
    }
    for (const name of names) {
      if (keys === 'integers' && !/^\d+$/.test(name)) return invalidKey(this.#path(), name);
      if (maxKeyLength !== undefined && name.length > maxKeyLength) {
        return propertyNameTooLong(this.#path(), { limit: maxKeyLength, found: name.length });
      }
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

  #checkString(value: string, rule: StringRule): ErrorAnswer | undefined {
    const { values, quotesNothing, maxLength, minLength, prefix, pattern } = rule;
    if (values !== undefined && !values.includes(value)) {
      return quotesNothing === true ? invalidArgument(this.#path()) : invalidValue(this.#path(), value, values);
    }
    if (maxLength !== undefined && value.length > maxLength) {
      return stringTooLong(this.#path(), { limit: maxLength, found: value.length });
    }
    if (minLength !== undefined && value === '') return emptyString(this.#path());
    if (prefix !== undefined && !value.startsWith(prefix)) return wrongIdPrefix(this.#path(), value, prefix);
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

  /** What is nested beyond all sense counts as JSON that cannot be read; the real limit is unknown. */
  #unreadError(value: unknown): ErrorAnswer | undefined {
    return typeof value === 'object' && isTooDeep(value) ? this.#style.unreadable() : undefined;
  }

  #wrongType(value: unknown, rule: Rule): ErrorAnswer {
    return invalidType(this.#path(), expectedNoun(rule), this.#style.typeName(value));
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
