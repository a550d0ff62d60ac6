import { z } from 'zod';
import { policySchema } from '../policy/policy-schema.ts';
import { scenarioSchema } from './schema.ts';

/** The JSON Schema of scenario files, for editors. */
export function scenarioJsonSchema(): object {
  return { ...jsonSchemaOf(scenarioSchema), title: 'mock-openai scenario', description: 'What the mock does, and when.' };
}

/** The JSON Schema of policy files, for editors. */
export function policyJsonSchema(): object {
  const schema = jsonSchemaOf(policySchema);
  return {
    ...schema,
    properties: { $schema: { type: 'string' }, ...schema.properties },
    title: 'mock-openai policy',
    description: 'What is expected of a client.',
  };
}

function jsonSchemaOf(schema: z.ZodType) {
  return z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any', reused: 'ref' });
}
