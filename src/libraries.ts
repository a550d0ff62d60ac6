import type { Libraries } from './core/libraries.ts';
import { checkSchema } from './libraries/check-schema.ts';
import { compileRegex } from './libraries/compile-regex.ts';
import { createFaker } from './libraries/create-faker.ts';
import { sampleSchema } from './libraries/sample-schema.ts';
import { splitTokens } from './libraries/split-tokens.ts';

/** The libraries on Node. Each is loaded when it is first used: importing this module loads none of them. */
export const libraries: Libraries = {
  checkSchema,
  compileRegex,
  createFaker,
  sampleSchema,
  splitTokens,
};
