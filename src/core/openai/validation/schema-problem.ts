import type { Libraries } from '../../libraries.ts';
import { asList, asRecord } from '../request.ts';
import { pythonRepr, pythonTuple } from './python-repr.ts';

type Schema = Readonly<Record<string, unknown>>;

const CHILD_MAPS = ['properties', '$defs', 'definitions'];
const CHILD_LISTS = ['anyOf', 'oneOf', 'allOf', 'prefixItems'];
/** What strict schemas may not contain: `allOf` and `oneOf` in public reports, the others by OpenAI's guide. */
const NOT_PERMITTED = ['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'];

/**
 * What OpenAI has against a schema of arguments or of an answer, in its words (wire.md 400-32): that it is not one of an
 * object, no JSON Schema at all, or, where it is strict, not of the subset that can be kept to. The schema is not nested too
 * deep to be walked.
 */
export function schemaProblem(schema: Schema, strict: boolean, libraries: Libraries): string | undefined {
  const { type } = schema;
  if (type !== 'object') {
    const found = typeof type === 'string' ? type : pythonRepr(type);
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${found}"'.`;
  }
  return violation(schema, libraries) ?? new Walk(strict).problem(schema, []);
}

function violation(schema: Schema, libraries: Libraries): string | undefined {
  const found = libraries.checkSchema(schema);
  if (found === undefined) return undefined;
  const { keyword, value, expected } = found;
  if (keyword === 'type' && typeof expected === 'string') return `${pythonRepr(value)} is not of type '${expected}'.`;
  return `${pythonRepr(value)} is not valid under any of the given schemas.`;
}

/** Looks through a schema and those inside of it. */
class Walk {
  readonly #strict: boolean;

  constructor(strict: boolean) {
    this.#strict = strict;
  }

  problem(schema: Schema, way: readonly string[]): string | undefined {
    const own = this.#own(schema, way.length === 0);
    if (own !== undefined) return `In context=${pythonTuple(way)}, ${own}`;
    for (const keyword of CHILD_MAPS) {
      for (const [name, child] of Object.entries(asRecord(schema[keyword]) ?? {})) {
        const found = this.#inner(child, [...way, keyword, name]);
        if (found !== undefined) return found;
      }
    }
    for (const keyword of CHILD_LISTS) {
      for (const [index, child] of asList(schema[keyword]).entries()) {
        const found = this.#inner(child, [...way, keyword, String(index)]);
        if (found !== undefined) return found;
      }
    }
    return this.#inner(schema['items'], [...way, 'items']);
  }

  #inner(child: unknown, way: readonly string[]): string | undefined {
    const schema = asRecord(child);
    return schema === undefined ? undefined : this.problem(schema, way);
  }

  #own(schema: Schema, root: boolean): string | undefined {
    const { type, items, prefixItems } = schema;
    if (type === 'array' && items === undefined && prefixItems === undefined) return 'array schema missing items.';
    if (!this.#strict) return root && schema['properties'] === undefined ? 'object schema missing properties.' : undefined;
    const banned = NOT_PERMITTED.find((keyword) => Object.hasOwn(schema, keyword));
    if (banned !== undefined) return `'${banned}' is not permitted.`;
    return type === 'object' ? strictObjectProblem(schema) : undefined;
  }
}

/** Objects have no other fields than those they name, and all of them are required. */
function strictObjectProblem(schema: Schema): string | undefined {
  if (schema['additionalProperties'] !== false) {
    return "'additionalProperties' is required to be supplied and to be false.";
  }
  const names = Object.keys(asRecord(schema['properties']) ?? {});
  const required = new Set(asList(schema['required']));
  const missing = names.find((name) => !required.has(name));
  if (missing === undefined) return undefined;
  return `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}
