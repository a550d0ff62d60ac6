import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type Linked, UseOrder } from '../../../src/core/collections/use-order.ts';

interface Numbered extends Linked<Numbered> {
  readonly number: number;
}

const step = fc.record({ number: fc.nat(8), what: fc.constantFrom('use', 'use', 'remove', 'oldest') });

test('the oldest is the one longest out of use, whatever came and went', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const order = new UseOrder<Numbered>();
      const nodes = new Map<number, Numbered>();
      let expected: number[] = [];
      for (const { number, what } of steps) {
        const known = nodes.get(number);
        expected = expected.filter((other) => other !== number);
        if (what === 'remove') {
          if (known !== undefined) order.remove(known);
          nodes.delete(number);
        } else {
          const node = known ?? { number, older: undefined, newer: undefined };
          if (known === undefined) order.add(node);
          else order.use(node);
          nodes.set(number, node);
          expected.push(number);
        }
        expect(order.size).toBe(expected.length);
        expect(order.oldest?.number).toBe(expected[0]);
      }
      for (const number of expected) {
        expect(order.oldest?.number).toBe(number);
        if (order.oldest !== undefined) order.remove(order.oldest);
      }
      expect(order.oldest).toBeUndefined();
    }),
  );
});
