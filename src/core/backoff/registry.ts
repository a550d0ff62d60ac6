import type { BackoffRule } from './rule.ts';
import { neverEarly } from './rules/never-early.ts';

const REGISTRY = [neverEarly] as const;

/** The ids of all rules, as a type. */
export type RuleId = (typeof REGISTRY)[number]['id'];

/** Every rule of good retrying, in the order of the catalogue. */
export const backoffRules: readonly (BackoffRule & { readonly id: RuleId })[] = REGISTRY;
