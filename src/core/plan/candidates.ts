import { BoundedMemo } from '../memo/bounded-memo.ts';
import type { PlannedRule } from './compile.ts';
import type { Facts } from './facts.ts';

/** Kinds of requests remembered for one list of rules. */
const MAX_KINDS = 256;
/** Longer model names are looked up anew. */
const MAX_MODEL_LENGTH = 128;

const remembered = new WeakMap<readonly PlannedRule[], BoundedMemo<string, readonly PlannedRule[]>>();

/**
 * The rules that may speak of requests of this kind, in their order: those that endpoint, method, model and `stream` do
 * not rule out. Found once for each kind, so that rules that cannot match cost nothing, however many there are.
 */
export function candidatesFor(rules: readonly PlannedRule[], facts: Facts): readonly PlannedRule[] {
  if (rules.length === 0) return rules;
  const { request, model = '', stream } = facts;
  if (model.length > MAX_MODEL_LENGTH) return rulesOfKind(rules, facts);
  let kinds = remembered.get(rules);
  if (kinds === undefined) remembered.set(rules, (kinds = new BoundedMemo(MAX_KINDS)));
  const kind = `${request.endpoint?.name} ${request.method} ${stream} ${model === facts.model} ${model}`;
  return kinds.get(kind, () => rulesOfKind(rules, facts));
}

function rulesOfKind(rules: readonly PlannedRule[], facts: Facts): readonly PlannedRule[] {
  return rules.filter(({ appliesAt: meets, matches }) => meets === 'request' && matches.kind(facts));
}
