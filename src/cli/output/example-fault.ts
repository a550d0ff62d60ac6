import type { Fault } from '../../core/faults/fault.ts';
import { COMMON_PARAMETERS, type ParameterSchema, schemaOf } from './parameters.ts';

/** A rule that has the fault. */
export function exampleRule(fault: Fault): object {
  const named = { fault: exampleFault(fault) };
  return fault.injectedAt === 'listener' ? { during: '10s..20s', ...named } : named;
}

/** A fault as a rule writes it: by name, or with one parameter that it takes. */
export function exampleFault({ name, params, example }: Fault): string | object {
  if (example !== undefined) return { [name]: example };
  const schema = schemaOf(params);
  const alone = schema.properties === undefined ? exampleValue('', schema) : undefined;
  if (alone !== undefined && params.safeParse(alone).success) return { [name]: alone };
  const candidates = Object.entries(schema.properties ?? {}).flatMap(([key, property]) => {
    const value = exampleValue(key, property);
    return value === undefined ? [] : [{ [key]: value }];
  });
  const own = candidates.filter((candidate) => !COMMON_PARAMETERS.some((key) => key in candidate));
  const fitting = [...own, ...candidates].find((candidate) => params.safeParse(candidate).success);
  return fitting === undefined ? name : { [name]: fitting };
}

const CHUNKS = 5;

/** A value other than the default; undefined where none can be made up. */
function exampleValue(key: string, schema: ParameterSchema): unknown {
  if (key === 'retry_after') return '2s';
  if (key === 'after_chunks') return CHUNKS;
  if (schema.enum !== undefined) return schema.enum.filter((value) => value !== schema.default).at(-1);
  if (schema.pattern?.includes('[smhd]')) return '5s';
  if (schema.pattern?.includes('KiB')) return '1KiB';
  if (schema.anyOf?.[0] !== undefined) return exampleValue(key, schema.anyOf[0]);
  if (schema.type === 'boolean') return schema.default !== true;
  if (schema.type === 'string' || schema.type === 'array') return schema.default;
  return undefined;
}
