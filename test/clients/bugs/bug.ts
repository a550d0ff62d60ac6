import type { PolicyInput } from '../../../src/core/policy/policy-schema.ts';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import type { VirtualClient, WorldOptions } from '../../support/virtual-world.ts';
import { type GoodOptions, goodClient } from '../good-client.ts';

/** A client with a bug that was reported of a real one, and the rules that must speak of it: those, and no others. */
export interface Bug {
  /** Row of backoff.md 5, or the rule it stands for. */
  readonly row: string;
  readonly symptom: string;
  readonly scenario: ScenarioInput;
  readonly client: VirtualClient;
  readonly fail?: readonly string[];
  readonly warn?: readonly string[];
  readonly info?: readonly string[];
  readonly policy?: PolicyInput;
  /** How its good twin is set up. */
  readonly good?: GoodOptions;
  /** Its good twin, where that is another than the good client. */
  readonly twin?: VirtualClient;
  readonly world?: Partial<WorldOptions>;
}

/** The good twin of a bug. */
export function twinOf({ twin, good }: Bug): VirtualClient {
  return twin ?? goodClient(good);
}

/** A scenario in which every request meets the fault. */
export const always = (fault: object | string): ScenarioInput => ({ rules: [{ name: 'fault', fault: fault as never }] });
/** A scenario in which the first two attempts of every call meet the fault. */
export const twice = (fault: object | string): ScenarioInput => ({
  rules: [{ name: 'fault', attempts: '1..2', fault: fault as never }],
});
/** A scenario in which the first attempt of every call meets the fault. */
export const once = (fault: object | string): ScenarioInput => ({
  rules: [{ name: 'fault', attempts: 1, fault: fault as never }],
});
/** Waits that double, at random between a half and one and a half of each. */
export const jittered = (baseMs: number) => (k: number, _response: unknown, random: () => number) =>
  baseMs * 2 ** (k - 1) * (0.5 + random());
/** The headers of an official SDK that counts its attempts. */
export const counting = (k: number) => ({ 'x-stainless-retry-count': String(k - 1), 'x-stainless-lang': 'js' });
/** `n` attempts of the SDK, again and again: the counts of nested layers. */
export const nested = (n: number) => (k: number) => counting(((k - 1) % n) + 1);
/** A 429 that asks for no wait. */
export const UNHINTED = { rate_limit: { retry_after: 'none' } };
export const STREAM = { stream: true };
