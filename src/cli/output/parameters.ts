import { z } from 'zod';
import { errorShape } from '../../core/faults/error-params.ts';

/** One parameter of a fault, in words. */
export interface Parameter {
  readonly name: string;
  /** `duration`, `html | json`, `whole number`. */
  readonly type: string;
  /** As YAML writes it; undefined where there is none. */
  readonly default: string | undefined;
  readonly description: string;
}

/** The parts of a JSON Schema that types in words are made of. */
export interface ParameterSchema {
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly anyOf?: readonly ParameterSchema[];
  readonly items?: ParameterSchema;
  readonly properties?: Readonly<Record<string, ParameterSchema>>;
  readonly required?: readonly string[];
  readonly pattern?: string;
  readonly default?: unknown;
  readonly description?: string;
}

/** The JSON Schema of what a scenario writes. */
export function schemaOf(params: z.ZodType): ParameterSchema {
  return z.toJSONSchema(params, { io: 'input', unrepresentable: 'any' }) as ParameterSchema;
}

/** Parameters that every error takes: they follow those of the fault itself. */
export const COMMON_PARAMETERS: readonly string[] = Object.keys(errorShape);

/** The parameters of a fault, its own ones first. */
export function parametersOf({ properties = {} }: ParameterSchema): Parameter[] {
  const parameters = Object.entries(properties).map(([name, property]) => ({
    name,
    type: typeInWords(property),
    default: property.default === undefined ? undefined : inline(property.default),
    description: property.description ?? '',
  }));
  const isCommon = ({ name }: Parameter) => COMMON_PARAMETERS.includes(name);
  return [...parameters.filter((each) => !isCommon(each)), ...parameters.filter(isCommon)];
}

/** `duration | { min: duration, max: duration }`. */
export function typeInWords(schema: ParameterSchema): string {
  const { anyOf, enum: values, items, properties, type, pattern = '' } = schema;
  if (anyOf !== undefined) return anyOf.map(typeInWords).join(' | ');
  if (values !== undefined) return values.map(inline).join(' | ');
  if (schema.const !== undefined) return inline(schema.const);
  if (pattern.includes('[smhd]')) return 'duration';
  if (pattern.includes('KiB')) return 'size';
  if (items !== undefined) return `list of ${typeInWords(items)}`;
  if (properties !== undefined) return `{ ${Object.entries(properties).map(propertyInWords).join(', ')} }`;
  const types = type === undefined ? [] : [type].flat();
  return types.map((name) => WORDS[name] ?? name).join(' | ') || 'any';
}

function propertyInWords([name, property]: [string, ParameterSchema]): string {
  return `${name}: ${typeInWords(property)}`;
}

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true | false',
  object: 'mapping',
};

function inline(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
