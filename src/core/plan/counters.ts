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

/** Counters in memory. */
export function createCounters(): Counters {
  const scopes = new Map<string, Map<string, { seen: number; fired: number }>>();
  return {
    read: (scope, rule) => scopes.get(scope)?.get(rule) ?? NONE,
    hit(scope, rule, what) {
      let counts = scopes.get(scope);
      if (counts === undefined) {
        scopes.set(scope, (counts = new Map()));
        if (scopes.size > MAX_SCOPES) scopes.delete(scopes.keys().next().value ?? '');
      }
      let count = counts.get(rule);
      if (count === undefined) counts.set(rule, (count = { ...NONE }));
      count[what] += 1;
    },
    forget: (scope) => void scopes.delete(scope),
    clear: () => scopes.clear(),
  };
}
