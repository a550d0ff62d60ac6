import fc from 'fast-check';
import { expect, test } from 'vitest';
import { CallCorrelator } from '../../../src/core/correlation/call-correlator.ts';
import { complete } from '../../../src/core/correlation/complete.ts';
import type { Correlation, CorrelationEvidence } from '../../../src/core/correlation/correlation.ts';
import type { CorrelationState } from '../../../src/core/correlation/correlation-state.ts';
import { observe } from '../../../src/core/correlation/observe.ts';
import type { Outcome } from '../../../src/core/correlation/outcome.ts';
import {
  callOf,
  furtherParts,
  partsOf,
  partsToComplete,
  partsToObserve,
  stateOf,
} from '../../../src/core/correlation/state-parts.ts';

/** Texts by name, each with the number of its last change: what a store with compare-and-set keeps. */
class FakeStore {
  readonly #texts = new Map<string, { readonly text: string; readonly version: number }>();
  #versions = 0;

  versionOf(name: string): number {
    return this.#texts.get(name)?.version ?? 0;
  }

  read(name: string): unknown {
    const found = this.#texts.get(name);
    return found === undefined ? undefined : JSON.parse(found.text);
  }

  /** Writes all, or nothing where one of those that were read has changed since. */
  compareAndSet(read: ReadonlyMap<string, number>, writes: ReadonlyMap<string, string | undefined>): boolean {
    for (const [name, version] of read) if (this.versionOf(name) !== version) return false;
    for (const [name, text] of writes) {
      this.#versions += 1;
      if (text === undefined) this.#texts.delete(name);
      else this.#texts.set(name, { text, version: this.#versions });
    }
    return true;
  }
}

/** Runs the steps of correlation on what is in a store. `disturb` is called between reading and writing. */
class StoredCorrelation {
  readonly forgotten: string[] = [];
  readonly #store: FakeStore;
  readonly #isClosed: (connection: number) => boolean;

  constructor(store: FakeStore, isClosed: (connection: number) => boolean) {
    this.#store = store;
    this.#isClosed = isClosed;
  }

  observe(evidence: CorrelationEvidence, disturb?: () => void): Correlation {
    return this.#step(partsToObserve(evidence), (state) => observe(state, evidence, this.#isClosed), disturb);
  }

  complete(id: string, fingerprint: string, outcome: Outcome): void {
    this.#step(partsToComplete(id, fingerprint, outcome), (state) => {
      const call = callOf(state, id);
      if (call !== undefined) complete(state, call, outcome);
    });
  }

  #step<Result>(first: readonly string[], step: (state: CorrelationState) => Result, disturb?: () => void): Result {
    for (let attempt = 0; ; attempt++) {
      const versions = new Map<string, number>();
      const parts: Record<string, unknown> = {};
      for (let names = first; names.length > 0; names = furtherParts(parts).filter((name) => !versions.has(name))) {
        for (const name of names) {
          versions.set(name, this.#store.versionOf(name));
          const part = this.#store.read(name);
          if (part !== undefined) parts[name] = part;
        }
      }
      const forgotten: string[] = [];
      const state = stateOf(parts, (call) => forgotten.push(call));
      const result = step(state);
      const after = partsOf(state);
      const names = new Set([...Object.keys(parts), ...Object.keys(after)]);
      const texts = [...names].map((name) => [name, JSON.stringify(after[name])] as const);
      const writes = new Map(texts.filter(([name, text]) => text !== JSON.stringify(parts[name])));
      if (attempt === 0) disturb?.();
      if (!this.#store.compareAndSet(versions, writes)) continue;
      this.forgotten.push(...forgotten);
      return result;
    }
  }
}

interface Arrives {
  readonly type: 'arrives';
  readonly fingerprint: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly pathCall: string | undefined;
  readonly connection: number;
  readonly afterMs: number;
  readonly declared: 'unique' | number | undefined;
  readonly model: string;
  readonly acrossTargets: boolean;
}

interface Ends {
  readonly type: 'ends';
  /** Which of those that are open. */
  readonly which: number;
  readonly how: 'failure' | 'success' | 'left';
  readonly afterMs: number;
}

const name = fc.constantFrom('x', 'y');
/** Undefined most of the time. */
const seldom = <T>(value: fc.Arbitrary<T>) => fc.oneof({ weight: 12, arbitrary: fc.constant(undefined) }, value);
const arrives: fc.Arbitrary<Arrives> = fc.record({
  type: fc.constant('arrives'),
  fingerprint: fc.constantFrom('a', 'a', 'a', 'b'),
  headers: fc.oneof(
    { weight: 8, arbitrary: fc.constant({}) },
    { weight: 4, arbitrary: fc.integer({ min: 0, max: 3 }).map((count) => ({ 'x-stainless-retry-count': String(count) })) },
    name.map((key) => ({ 'idempotency-key': key })),
    fc.tuple(name, fc.nat(2)).map(([id, count]) => ({ 'x-client-request-id': id, 'x-stainless-retry-count': String(count) })),
    name.map((id) => ({ 'x-client-request-id': id })),
  ),
  pathCall: seldom(name),
  connection: fc.integer({ min: 1, max: 4 }),
  afterMs: fc.constantFrom(0, 10, 300, 2_000),
  declared: seldom(fc.constantFrom<'unique' | number>('unique', 2)),
  model: fc.constantFrom('m', 'm', 'm', 'n'),
  acrossTargets: fc.boolean(),
});
const ends: fc.Arbitrary<Ends> = fc.record({
  type: fc.constant('ends'),
  which: fc.nat(5),
  how: fc.constantFrom('failure', 'failure', 'success', 'left'),
  afterMs: fc.constantFrom(0, 1, 50, 1_000),
});

function evidenceOf(
  { fingerprint, headers, pathCall, connection, declared, model, acrossTargets }: Arrives,
  at: number,
  requests: number,
) {
  const target = { provider: '', keyHash: 'k', model };
  const print = `${fingerprint}${model}`;
  return {
    fingerprint: print,
    headers,
    pathCall,
    declared,
    target,
    question: () => fingerprint,
    acrossTargets,
    at,
    connection: { id: connection, acceptedAt: 0, requests },
  };
}

function outcomeOf({ how }: Ends, { connection, question }: { connection: number; question: string }, at: number): Outcome {
  const retryable = how !== 'success';
  return {
    at,
    retryable,
    question: retryable ? question : undefined,
    delivered: !retryable,
    hintMs: undefined,
    connection,
    clientLeft: how === 'left',
  };
}

const comparable = ({ remembered: _remembered, ...correlation }: Correlation) => correlation;

test('steps on what a store has read find the same as with the state in memory', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(arrives, ends), { minLength: 1, maxLength: 60 }), (events) => {
      const isClosed = (connection: number) => connection === 4;
      const forgotten: string[] = [];
      const memory = new CallCorrelator({ onForget: (call) => forgotten.push(call), isClosed });
      const stored = new StoredCorrelation(new FakeStore(), isClosed);
      const open: {
        readonly found: Correlation;
        readonly fingerprint: string;
        readonly question: string;
        readonly connection: number;
      }[] = [];
      let now = 0;
      for (const [index, event] of events.entries()) {
        now += event.afterMs;
        if (event.type === 'arrives') {
          const evidence = evidenceOf(event, now, 1 + (index % 3));
          const found = memory.observe(evidence);
          expect(comparable(stored.observe(evidence))).toEqual(comparable(found));
          open.push({ found, fingerprint: evidence.fingerprint, question: event.fingerprint, connection: event.connection });
        } else {
          const [ended] = open.splice(event.which % Math.max(1, open.length), 1);
          if (ended === undefined) continue;
          const outcome = outcomeOf(event, ended, now);
          memory.complete(ended.found, outcome);
          stored.complete(ended.found.call, ended.fingerprint, outcome);
        }
        expect(stored.forgotten).toEqual(forgotten);
      }
    }),
    { numRuns: 300 },
  );
});

test('a step that another one came in between is run again on what that one has left', () => {
  const store = new FakeStore();
  const [here, elsewhere] = [new StoredCorrelation(store, () => false), new StoredCorrelation(store, () => false)];
  const evidence = (connection: number): CorrelationEvidence => ({
    fingerprint: 'a',
    headers: {},
    pathCall: undefined,
    at: 0,
    connection: { id: connection, acceptedAt: 0, requests: 1 },
  });
  const between: Correlation[] = [];
  const found = here.observe(evidence(1), () => between.push(elsewhere.observe(evidence(2))));
  expect(between.map(({ call, drawKey }) => [call, drawKey])).toEqual([['#1', 'a - 1']]);
  expect([found.call, found.drawKey]).toEqual(['#2', 'a - 2']);
});
