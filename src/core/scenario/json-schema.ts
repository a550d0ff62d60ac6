import { z } from 'zod';
import { scenarioSchema } from './schema.ts';

/** The JSON Schema of scenario files, for editors. */
export function scenarioJsonSchema(): object {
  const schema = z.toJSONSchema(scenarioSchema, {
    io: 'input',
    unrepresentable: 'any',
    reused: 'ref',
  });
  return {
    ...schema,
    title: 'mock-openai scenario',
    description: 'What the mock does, and when.',
  };
}
