import type { Libraries } from '../../../libraries.ts';
import type { ErrorAnswer } from '../../errors/error.ts';
import { inputWithoutWordJson, invalidFormatSchema, invalidFunctionSchema } from '../../errors/errors.ts';
import { asList, asRecord } from '../../request/request.ts';
import { schemaProblem } from '../../validation/schema-problem.ts';
import type { Fields } from '../../validation/terms.ts';

/**
 * The first schema of a function that the API would not take. Where `strict` is left out the API makes a schema strict as far
 * as that goes, and refuses none for it (wire-responses.md 2.3).
 */
export function functionSchemaError(fields: Fields, libraries: Libraries): ErrorAnswer | undefined {
  const tools = asList(fields['tools']);
  for (let index = 0; index < tools.length; index++) {
    const { type, name, parameters, strict } = asRecord(tools[index]) ?? {};
    const problem = type === 'function' ? problemOf(parameters, strict, libraries) : undefined;
    if (problem !== undefined) return invalidFunctionSchema(`tools[${index}].parameters`, String(name), problem);
  }
  return undefined;
}

/** The schema of the answer. */
export function formatSchemaError(fields: Fields, libraries: Libraries): ErrorAnswer | undefined {
  const { type, name, schema, strict } = formatOf(fields);
  const problem = type === 'json_schema' ? problemOf(schema, strict, libraries) : undefined;
  return problem === undefined ? undefined : invalidFormatSchema(String(name), problem);
}

/** `json_object` has to be announced in the messages. What was said before is not here: with it nothing is refused. */
export function jsonWordError(fields: Fields): ErrorAnswer | undefined {
  const { input, previous_response_id: previous, conversation, prompt } = fields;
  if (formatOf(fields)['type'] !== 'json_object') return undefined;
  if ([previous, conversation, prompt].some((given) => given !== undefined && given !== null)) return undefined;
  const texts = typeof input === 'string' ? [input] : asList(input).flatMap(textsOf);
  return texts.some((text) => /json/i.test(text)) ? undefined : inputWithoutWordJson();
}

function formatOf(fields: Fields): Fields {
  return asRecord(asRecord(fields['text'])?.['format']) ?? {};
}

function textsOf(item: unknown): readonly string[] {
  const content = asRecord(item)?.['content'];
  if (typeof content === 'string') return [content];
  return asList(content)
    .map((part) => asRecord(part)?.['text'])
    .filter((text) => typeof text === 'string');
}

function problemOf(schema: unknown, strict: unknown, libraries: Libraries): string | undefined {
  const given = asRecord(schema);
  return given === undefined ? undefined : schemaProblem(given, strict === true, libraries);
}
