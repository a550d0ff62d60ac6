import { asList, asRecord } from '../request/request.ts';

type Schema = Readonly<Record<string, unknown>>;

/** What strict schemas may not contain: `allOf` and `oneOf` in public reports, the others by OpenAI's guide. */
const NOT_PERMITTED = ['allOf', 'oneOf', 'not', 'if', 'then', 'else', 'dependentRequired', 'dependentSchemas'];

/** What keeps one schema from being strict (wire.md 400-32, and public reports). */
export function strictProblem(schema: Schema, root: Schema): string | undefined {
  const banned = NOT_PERMITTED.find((keyword) => Object.hasOwn(schema, keyword));
  if (banned !== undefined) return `'${banned}' is not permitted.`;
  const { type, $ref } = schema;
  return (
    (type === 'object' ? objectProblem(schema) : undefined) ?? (typeof $ref === 'string' ? refProblem($ref, root) : undefined)
  );
}

/** Objects have no other fields than those they name, and all of them are required. */
function objectProblem(schema: Schema): string | undefined {
  if (schema['additionalProperties'] !== false) {
    return "'additionalProperties' is required to be supplied and to be false.";
  }
  const names = Object.keys(asRecord(schema['properties']) ?? {});
  const required = new Set(asList(schema['required']));
  const missing = names.find((name) => !required.has(name));
  if (missing === undefined) return undefined;
  return `'required' is required to be supplied and to be an array including every key in properties. Missing '${missing}'.`;
}

/** A reference within the schema has to lead somewhere. Others are let through: no report shows them. */
function refProblem(ref: string, root: Schema): string | undefined {
  if (!ref.startsWith('#/') || leadsSomewhere(ref, root)) return undefined;
  return `reference to component '${ref}' which was not found in the schema.`;
}

function leadsSomewhere(ref: string, root: Schema): boolean {
  let target: unknown = root;
  for (const part of ref.slice('#/'.length).split('/')) {
    const name = part.replaceAll('~1', '/').replaceAll('~0', '~');
    if (typeof target !== 'object' || target === null || !Object.hasOwn(target, name)) return false;
    target = (target as Schema)[name];
  }
  return true;
}
