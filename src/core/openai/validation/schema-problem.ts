import type { Libraries } from '../../libraries.ts';
import { asRecord } from '../request/request.ts';
import { depthOf, isTooDeep } from './depth.ts';
import { isPythonRegex } from './python-regex.ts';
import { pythonRepr, pythonTuple } from './python-repr.ts';
import { SchemaWalk } from './schema-walk.ts';
import { strictProblem } from './strict-schema.ts';

type Schema = Readonly<Record<string, unknown>>;

/** Of strict schemas (in public reports of 2025 and 2026, with OpenAI's guide). */
const MAX_LEVELS = 10;
const MAX_PARAMETERS = 5_000;

/**
 * What OpenAI has against a schema of arguments or of an answer, in its words (wire.md 400-32): that it is not one of an
 * object, no JSON Schema at all, or, where it is strict, not of the subset that can be kept to. A schema too deep to be
 * walked is refused as a strict one would be, strict or not; each of its levels is taken for two of JSON.
 */
export function schemaProblem(schema: Schema, strict: boolean, libraries: Libraries): string | undefined {
  const { type } = schema;
  if (type !== 'object') {
    const found = typeof type === 'string' ? type : pythonRepr(type);
    return `schema must be a JSON Schema of 'type: "object"', got 'type: "${found}"'.`;
  }
  if (isTooDeep(schema)) return tooManyLevels(Math.ceil(depthOf(schema) / 2) - 1);
  return violation(schema, libraries) ?? walked(schema, strict);
}

function violation(schema: Schema, libraries: Libraries): string | undefined {
  const found = libraries.checkSchema(schema);
  if (found === undefined) return undefined;
  const { keyword, value, expected } = found;
  if (keyword === 'type' && typeof expected === 'string') return `${pythonRepr(value)} is not of type '${expected}'.`;
  return `${pythonRepr(value)} is not valid under any of the given schemas.`;
}

function walked(schema: Schema, strict: boolean): string | undefined {
  let levels = 0;
  let parameters = 0;
  const walk = new SchemaWalk((node, { way, level }) => {
    const { pattern, type, properties } = node;
    if (typeof pattern === 'string' && !isPythonRegex(pattern)) return `'${pattern}' is not a 'regex'.`;
    const problem = ownProblem(node, way.length === 0) ?? (strict ? strictProblem(node, schema) : undefined);
    if (problem !== undefined) return `In context=${pythonTuple(way)}, ${problem}`;
    if (type === 'object' || type === 'array') levels = Math.max(levels, level);
    if (strict) parameters += Object.keys(asRecord(properties) ?? {}).length;
    return undefined;
  });
  const found = walk.find(schema);
  if (found !== undefined || !strict) return found;
  if (levels > MAX_LEVELS) return tooManyLevels(levels);
  return parameters > MAX_PARAMETERS ? `${parameters} parameters exceeds limit of ${MAX_PARAMETERS}.` : undefined;
}

function ownProblem({ type, items, prefixItems, properties }: Schema, root: boolean): string | undefined {
  if (type === 'array' && items === undefined && prefixItems === undefined) return 'array schema missing items.';
  return root && properties === undefined ? 'object schema missing properties.' : undefined;
}

function tooManyLevels(levels: number): string {
  return `${levels} levels of nesting exceeds limit of ${MAX_LEVELS}.`;
}
