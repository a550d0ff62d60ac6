import type { Libraries } from '../../libraries.ts';
import type { ErrorAnswer } from '../errors/error.ts';
import { invalidFunctionSchema, invalidResponseSchema } from '../errors/errors.ts';
import { asList, asRecord } from '../request/request.ts';
import { schemaProblem } from './schema-problem.ts';
import type { Fields } from './terms.ts';

/** The first schema of a request that OpenAI would not take: those of functions, then that of the answer (wire.md 400-32). */
export function schemaError(fields: Fields, libraries: Libraries): ErrorAnswer | undefined {
  const tools = asList(fields['tools']);
  for (let index = 0; index < tools.length; index++) {
    const definition = asRecord(tools[index])?.['function'];
    const error = functionError(definition, `tools[${index}].function.parameters`, libraries);
    if (error !== undefined) return error;
  }
  const functions = asList(fields['functions']);
  for (let index = 0; index < functions.length; index++) {
    const error = functionError(functions[index], `functions[${index}].parameters`, libraries);
    if (error !== undefined) return error;
  }
  if (fields['response_format'] === undefined) return undefined;
  const { name, schema, strict } = asRecord(asRecord(fields['response_format'])?.['json_schema']) ?? {};
  const problem = problemOf(schema, strict, libraries);
  return problem === undefined ? undefined : invalidResponseSchema(String(name), problem);
}

function functionError(definition: unknown, param: string, libraries: Libraries): ErrorAnswer | undefined {
  const { name, parameters, strict } = asRecord(definition) ?? {};
  const problem = problemOf(parameters, strict, libraries);
  return problem === undefined ? undefined : invalidFunctionSchema(param, String(name), problem);
}

function problemOf(schema: unknown, strict: unknown, libraries: Libraries): string | undefined {
  const given = asRecord(schema);
  return given === undefined ? undefined : schemaProblem(given, strict === true, libraries);
}
