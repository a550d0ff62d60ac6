import { LruMap } from '../collections/lru-map.ts';
import type { Linked } from '../collections/use-order.ts';

/** What a rule remembers within one scope. */
interface Count {
  /** Requests that the rule spoke of. */
  readonly seen: number;
  /** Requests that it decided. */
  readonly fired: number;
}

/** The mutable state of a plan. Processes share it through the state of a session, not through this interface. */
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
  const scopes = new LruMap<string, Scope>(({ name }) => name);
  const open = (name: string): Scope => {
    const scope: Scope = { name, counts: new Map(), older: undefined, newer: undefined };
    scopes.add(scope);
    const { size, oldest } = scopes;
    if (size > MAX_SCOPES && oldest !== undefined) scopes.remove(oldest);
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
    forget(name) {
      const scope = scopes.get(name);
      if (scope !== undefined) scopes.remove(scope);
    },
    clear: () => scopes.clear(),
  };
}
