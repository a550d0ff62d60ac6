import { expect, test } from 'vitest';
import { BodyStore } from '../../../src/core/journal/body-store.ts';
import { MemoryBudget } from '../../../src/core/memo/memory-budget.ts';

const KB = 1_024;

test('all stores together hold no more than the budget, and the one longest out of use forgets', () => {
  const budget = new MemoryBudget(100 * KB);
  const stores = Array.from({ length: 8 }, () => new BodyStore(32 * KB, budget));
  const [first, second] = stores.map((store) => ({ store, at: store.write(new Uint8Array(KB)) }));
  for (const store of stores.slice(2)) {
    // What is used is kept.
    first?.store.write(new Uint8Array(10));
    for (let written = 0; written < 30; written++) store.write(new Uint8Array(KB));
    expect(budget.heldBytes).toBeLessThanOrEqual(100 * KB);
  }
  expect(first?.store.read(first.at, KB)).toBeDefined();
  expect(second?.store.read(second.at, KB)).toBeUndefined();
});

test('what was given back counts no more', () => {
  const budget = new MemoryBudget(100 * KB);
  const store = new BodyStore(64 * KB, budget);
  for (let written = 0; written < 200; written++) store.write(new Uint8Array(KB));
  expect(budget.heldBytes).toBeGreaterThan(32 * KB);
  store.clear();
  expect(budget.heldBytes).toBe(0);
  store.write(new Uint8Array(KB));
  expect(budget.heldBytes).toBeGreaterThan(0);
});
