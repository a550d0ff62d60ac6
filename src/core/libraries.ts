import type { Faker } from '@faker-js/faker';
import type { Random } from './random.ts';

/** A value inside of a schema that its keyword does not allow. */
export interface SchemaViolation {
  /** The keyword of the meta-schema: `type`, `anyOf`. */
  readonly keyword: string;
  readonly value: unknown;
  /** What the keyword asks for. */
  readonly expected: unknown;
}

/**
 * Libraries that only some scenarios need. They are handed in, so that core stays free of module loading and nothing
 * heavy is loaded before a scenario or a request asks for it.
 */
export interface Libraries {
  /** Compiles an RE2 expression (linear time). Throws an Error whose message says what is wrong with it. */
  compileRegex(source: string, flags: string): (text: string) => boolean;
  /** What the draft-07 meta-schema has against a schema, if anything. The schema is not nested deeper than the stack allows. */
  checkSchema(schema: unknown): SchemaViolation | undefined;
  /** A faker that draws from the given source. */
  createFaker(random: Random): Faker;
  /** A value made to satisfy the JSON Schema, the same for the same seed. Throws when none can be found in reasonable time. */
  sampleSchema(schema: unknown, seed: number): unknown;
  /** The o200k_base tokens of a text, each as the text it stands for; a token that ends inside of a character stands for none. */
  splitTokens(text: string): readonly string[];
}
