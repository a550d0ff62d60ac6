import { type Linked, UseOrder } from '../use-order.ts';

/** What a rule remembers within one scope. */
interface Count {
  /** Requests that the rule spoke of. */
  readonly seen: number;
  /** Requests that it decided. */
  readonly fired: number;
}

/**
 * The mutable state of a plan. Synchronous, so that a store shared between processes can stand behind the same
 * interface.
 */
export interface Counters {
  read(scope: string, rule: string): Count;
  hit(scope: string, rule: string, what: keyof Count): void;
  /** Drops a scope that will not come back. */
  forget(scope: string): void;
  clear(): void;
}

/** Scopes kept at most; the oldest are forgotten first. */
const MAX_SCOPES = 100_000;

const NONE: Count = { seen: 0, fired: 0 };

interface Scope extends Linked<Scope> {
  readonly name: string;
  readonly counts: Map<string, { seen: number; fired: number }>;
}

/** Counters in memory. */
export function createCounters(): Counters {
  const scopes = new Map<string, Scope>();
  const order = new UseOrder<Scope>();
  const forget = (name: string) => {
    const scope = scopes.get(name);
    if (scope === undefined) return;
    scopes.delete(name);
    order.remove(scope);
  };
  const open = (name: string): Scope => {
    const scope: Scope = { name, counts: new Map(), older: undefined, newer: undefined };
    scopes.set(name, scope);
    order.add(scope);
    if (order.size > MAX_SCOPES && order.oldest !== undefined) forget(order.oldest.name);
    return scope;
  };
  return {
    read: (scope, rule) => scopes.get(scope)?.counts.get(rule) ?? NONE,
    hit(scope, rule, what) {
      const { counts } = scopes.get(scope) ?? open(scope);
      let count = counts.get(rule);
      if (count === undefined) counts.set(rule, (count = { ...NONE }));
      count[what] += 1;
    },
    forget,
    clear() {
      scopes.clear();
      order.clear();
    },
  };
}
