import { asList, asRecord, type Fields } from '../../request/request.ts';

/** Keywords under which a schema has other schemas, by name or as a list. */
const BY_NAME = ['properties', '$defs', 'definitions'];
const IN_LIST = ['anyOf', 'prefixItems'];
/** What strict mode does not take. */
const REFUSED = ['allOf', 'oneOf', 'not', 'dependentRequired', 'dependentSchemas', 'if', 'then', 'else', 'patternProperties'];

/**
 * The schema as strict mode has it: objects without other properties, all of their properties required (wire-responses.md
 * 2.3). Undefined when it cannot be: it has objects of any property, or keywords that strict mode refuses.
 */
export function strictSchema(schema: unknown): Fields | undefined {
  const root = asRecord(schema);
  if (root === undefined) return undefined;
  try {
    return strictNode(root, 0);
  } catch (error) {
    if (error instanceof NotStrict) return undefined;
    throw error;
  }
}

class NotStrict extends Error {}

const MAX_DEPTH = 50;

function strictNode(schema: Fields, depth: number): Fields {
  if (depth > MAX_DEPTH || REFUSED.some((keyword) => Object.hasOwn(schema, keyword))) throw new NotStrict();
  const strict: Record<string, unknown> = { ...schema };
  for (const keyword of BY_NAME) {
    const schemas = asRecord(schema[keyword]);
    if (schemas === undefined) continue;
    strict[keyword] = Object.fromEntries(Object.entries(schemas).map(([name, each]) => [name, strictValue(each, depth)]));
  }
  for (const keyword of IN_LIST) {
    if (Object.hasOwn(schema, keyword)) strict[keyword] = asList(schema[keyword]).map((each) => strictValue(each, depth));
  }
  if (asRecord(schema['items']) !== undefined) strict['items'] = strictValue(schema['items'], depth);
  const properties = asRecord(schema['properties']);
  if (properties === undefined && schema['type'] !== 'object') return strict;
  const { additionalProperties: others } = schema;
  if (others !== undefined && others !== false) throw new NotStrict();
  return { ...strict, additionalProperties: false, required: Object.keys(properties ?? {}) };
}

function strictValue(schema: unknown, depth: number): unknown {
  const node = asRecord(schema);
  return node === undefined ? schema : strictNode(node, depth + 1);
}
