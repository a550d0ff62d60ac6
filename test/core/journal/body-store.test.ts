import fc from 'fast-check';
import { expect, test } from 'vitest';
import { BodyStore } from '../../../src/core/journal/body-store.ts';

test('finds what was written while no more than its size was written after it', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 200 }),
      fc.array(fc.uint8Array({ maxLength: 250 }), { maxLength: 40 }),
      fc.option(fc.nat(40)),
      (size, bodies, clearAfter) => {
        const store = new BodyStore(size);
        const kept: { address: number; body: Uint8Array; since: number }[] = [];
        let written = 0;
        let forgotten = 0;
        bodies.forEach((body, index) => {
          const address = store.write(body);
          if (body.length <= size) {
            kept.push({ address, body, since: written });
            written += body.length;
          } else expect(store.read(address, body.length)).toBeUndefined();
          if (index === clearAfter) {
            store.clear();
            forgotten = written;
          }
        });
        for (const { address, body, since } of kept) {
          const isKept = since >= forgotten && since >= written - size;
          expect(store.read(address, body.length)).toEqual(isKept ? body : undefined);
        }
      },
    ),
    { numRuns: 500 },
  );
});
