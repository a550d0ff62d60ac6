import type { Libraries } from '../libraries.ts';
import type { LimitSpec } from '../limits/limit-spec.ts';
import { familyOf } from '../openai/models/model-family.ts';
import type { ApiRequest } from '../openai/request/request.ts';
import type { Scenario } from '../scenario/schema.ts';
import { compilePattern, type Matcher } from '../text/pattern.ts';

/** One entry of `limits`, ready to be asked. */
export interface PlannedLimit {
  /** The pattern, as written. */
  readonly pattern: string;
  readonly matches: Matcher;
  readonly spec: LimitSpec;
}

/** The limits of a scenario in the order of the file. Throws an Error for a pattern that parsing would have refused. */
export function compileLimits(limits: Scenario['limits'], libraries: Libraries): PlannedLimit[] {
  return Object.entries(limits).map(([pattern, spec]) => ({ pattern, spec, matches: compilePattern(pattern, libraries) }));
}

/**
 * The first entry that speaks of the model, and what the model shares it with. An entry for an alias speaks of its
 * snapshots too.
 */
export function limitFor(
  limits: readonly PlannedLimit[],
  { endpoint }: ApiRequest,
  model: string,
): { readonly limit: PlannedLimit; readonly family: string } | undefined {
  if (limits.length === 0 || endpoint?.limited !== true) return undefined;
  const family = familyOf(model);
  const limit = limits.find(({ matches }) => matches(model) || matches(family));
  return limit && { limit, family };
}
