import {
  type Bounded,
  boundItems,
  boundNumbers,
  type Fields,
  fieldsOf,
  flatTypeOf,
  isFields,
  itemsOf,
  MAX_VALUES,
  patternOf,
  sizeOf,
  withSingleTypes,
} from './schema-keywords.ts';

/** Nodes of a schema with its references resolved. */
const MAX_NODES = 10_000;
const MAX_DEPTH = 200;
/** Times a reference may lead back to itself before the shortest way out is taken; fewer are tried when the result is too large. */
const RECURSIONS = [2, 1, 0];

const CHILD = ['items', 'additionalItems', 'contains', 'additionalProperties', 'propertyNames', 'not', 'if', 'then', 'else'];
const SIZES = ['minLength', 'minProperties', 'minContains'];
const CHILD_LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
const CHILD_MAPS = ['properties', 'patternProperties', 'dependentSchemas'];
/** Keywords whose values are taken over as they are. All others, annotations too, are left out. */
const PLAIN = [
  'type',
  'enum',
  'const',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'exclusiveMaximum',
  'multipleOf',
  'minLength',
  'maxLength',
  'format',
  'minItems',
  'maxItems',
  'uniqueItems',
  'minContains',
  'maxContains',
  'required',
  'minProperties',
  'maxProperties',
  'dependentRequired',
] as const;

/**
 * The schema as a finite tree: references replaced by what they refer to, recursion ended by the shortest way out, and small
 * sizes where the schema says little of them. Throws when there is no such tree, or none of a reasonable size.
 */
export function boundSchema(schema: unknown): Bounded {
  let failure: unknown;
  for (const recursions of RECURSIONS) {
    try {
      return new Bounding(schema, recursions).bound(schema, {
        way: new Map([['#', 1]]),
        depth: 0,
      }).schema;
    } catch (error) {
      failure = error;
    }
  }
  throw failure;
}

/** How often each reference was entered on the way from the root. */
type Way = ReadonlyMap<string, number>;

interface Place {
  readonly way: Way;
  readonly depth: number;
}

interface Result {
  readonly schema: Bounded;
  /** Values of its largest sample. */
  readonly values: number;
}

class Bounding {
  readonly #root: unknown;
  readonly #recursions: number;
  #nodes = 0;

  constructor(root: unknown, recursions: number) {
    this.#root = root;
    this.#recursions = recursions;
  }

  bound(schema: unknown, place: Place): Result {
    if (typeof schema === 'boolean') return { schema, values: 1 };
    const { way, depth } = place;
    this.#count(depth);
    const fields = fieldsOf(schema);
    const { $ref } = fields;
    if (typeof $ref === 'string') {
      return this.bound(this.#resolve(fields, $ref), {
        way: entered(way, $ref),
        depth: depth + 1,
      });
    }
    const result: Record<string, unknown> = {};
    for (const key of PLAIN) if (fields[key] !== undefined) result[key] = fields[key];
    const pattern = patternOf(fields);
    if (pattern !== undefined) {
      result['pattern'] = pattern;
      delete result['format'];
    }
    boundNumbers(result);
    const values = this.#children(fields, result, place);
    if (values > MAX_VALUES) throw new RangeError(`the schema asks for more than ${MAX_VALUES} values`);
    return { schema: withSingleTypes(result), values };
  }

  /** Adds the schemas inside of this one; returns the number of values. */
  #children(fields: Fields, result: Record<string, unknown>, { way, depth }: Place): number {
    const ending = Math.max(...way.values()) > this.#recursions + 1;
    const plain = ending ? this.#shortest(fields, way) : fields;
    if (plain['type'] !== undefined) result['type'] = plain['type'];
    const child = (schema: unknown) => this.bound(schema, { way, depth: depth + 1 });
    let values = 1 + SIZES.reduce((total, key) => total + sizeOf(plain[key]), 0);
    for (const key of CHILD) {
      const schema = key === 'items' ? itemsOf(plain) : plain[key];
      if (typeof schema !== 'boolean' && !isFields(schema)) continue;
      const bounded = child(schema);
      result[key] = bounded.schema;
      values += key === 'items' ? boundItems(result, ending) * bounded.values : bounded.values;
    }
    return values + addLists(plain, result, child) + addMaps(plain, result, child);
  }

  /** What is left of a schema when nothing is wanted that can be done without. */
  #shortest(fields: Fields, way: Way): Fields {
    const open = new Set([...way].filter(([, times]) => times > this.#recursions).map(([ref]) => ref));
    const shortest: Record<string, unknown> = { ...fields };
    for (const key of ['anyOf', 'oneOf']) {
      if (!Array.isArray(fields[key])) continue;
      const heights = fields[key].map((branch: unknown) => this.#height(branch, open, 0));
      shortest[key] = [fields[key][heights.indexOf(Math.min(...heights))]];
    }
    const flat = flatTypeOf(fields['type']);
    if (flat !== undefined)
      return {
        ...shortest,
        type: flat,
        properties: undefined,
        items: undefined,
        additionalProperties: undefined,
      };
    const { properties } = fields;
    shortest['patternProperties'] = undefined;
    if (sizeOf(fields['minItems']) === 0) shortest['items'] = undefined;
    if (isFields(fields['additionalProperties']) && sizeOf(fields['minProperties']) === 0)
      shortest['additionalProperties'] = false;
    if (isFields(properties)) {
      const required = new Set(Array.isArray(fields['required']) ? fields['required'] : []);
      shortest['properties'] = Object.fromEntries(Object.entries(properties).filter(([name]) => required.has(name)));
    }
    return shortest;
  }

  /** Levels that a sample of the schema needs at least; infinite when it needs one of the open references. */
  #height(schema: unknown, open: ReadonlySet<string>, depth: number): number {
    if (!isFields(schema) || flatTypeOf(schema['type']) !== undefined) return 0;
    this.#count(depth);
    const { $ref, properties, items } = schema;
    if (typeof $ref === 'string') {
      if (open.has($ref)) return Number.POSITIVE_INFINITY;
      return this.#height(this.#resolve(schema, $ref), new Set([...open, $ref]), depth + 1);
    }
    const height = (child: unknown) => 1 + this.#height(child, open, depth + 1);
    const needed: number[] = [0];
    if (isFields(properties) && Array.isArray(schema['required'])) {
      for (const name of schema['required']) needed.push(height(properties[String(name)]));
    }
    if (sizeOf(schema['minItems']) > 0) needed.push(height(items));
    if (Array.isArray(schema['allOf'])) needed.push(...schema['allOf'].map(height));
    for (const key of ['anyOf', 'oneOf']) {
      const branches = schema[key];
      if (Array.isArray(branches)) needed.push(Math.min(...branches.map(height)));
    }
    return Math.max(...needed);
  }

  /** The schema that a local reference points to, with the keywords beside the reference. */
  #resolve(fields: Fields, ref: string): unknown {
    if (!/^#(?:\/|$)/.test(ref)) throw new Error(`cannot resolve "${ref}": only references within the schema are known`);
    let target = this.#root;
    for (const part of ref.slice(1).split('/').slice(1)) {
      const name = decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~');
      if (typeof target !== 'object' || target === null || !Object.hasOwn(target, name))
        throw new Error(`cannot resolve "${ref}": there is no "${name}"`);
      target = (target as Fields)[name];
    }
    const { $ref, ...beside } = fields;
    return isFields(target) ? { ...target, ...beside } : target;
  }

  #count(depth: number): void {
    this.#nodes += 1;
    if (this.#nodes > MAX_NODES || depth > MAX_DEPTH)
      throw new RangeError('the schema is too large, or its recursion has no end');
  }
}

type Bound = (schema: unknown) => Result;

function addLists(plain: Fields, result: Record<string, unknown>, bound: Bound): number {
  let values = 0;
  for (const key of CHILD_LISTS) {
    const children = plain[key];
    if (!Array.isArray(children) || children.length === 0) continue;
    const bounded = children.map(bound);
    result[key] = bounded.map(({ schema }) => schema);
    values += sum(bounded);
  }
  return values;
}

function addMaps(plain: Fields, result: Record<string, unknown>, bound: Bound): number {
  let values = 0;
  for (const key of CHILD_MAPS) {
    const children = plain[key];
    if (!isFields(children)) continue;
    const bounded = Object.entries(children).map(([name, child]) => [name, bound(child)] as const);
    result[key] = Object.fromEntries(bounded.map(([name, { schema }]) => [name, schema]));
    values += sum(bounded.map(([, child]) => child));
  }
  return values;
}

function entered(way: Way, ref: string): Way {
  return new Map(way).set(ref, (way.get(ref) ?? 0) + 1);
}

function sum(results: readonly Result[]): number {
  return results.reduce((total, { values }) => total + values, 0);
}
