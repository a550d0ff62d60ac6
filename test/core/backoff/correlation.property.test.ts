import fc from 'fast-check';
import { expect, test } from 'vitest';
import { historiesOf } from '../../../src/core/backoff/history/history.ts';
import type { DeclaredCalls } from '../../../src/core/correlation/declared-calls.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { virtualWorld } from '../../support/virtual-world.ts';

interface Traffic {
  readonly calls: number;
  readonly staggerMs: number;
  readonly failures: number;
  readonly waitMs: number;
  readonly seed: number;
  readonly attempts: number;
}

const traffic = fc.record<Traffic>({
  calls: fc.integer({ min: 1, max: 12 }),
  staggerMs: fc.constantFrom(0.05, 1, 7, 40, 400, 4_000),
  failures: fc.integer({ min: 0, max: 3 }),
  waitMs: fc.constantFrom(1, 20, 300, 1_500),
  attempts: fc.integer({ min: 1, max: 4 }),
  seed: fc.nat(1_000),
});

/** Lets calls run of which the user agent tells the truth; returns their histories with what they really are. */
async function histories(
  { calls, staggerMs, failures, waitMs, seed, attempts }: Traffic,
  how: { named: boolean; samePrompt: boolean; counted: boolean; declared?: DeclaredCalls },
) {
  const { session } = await virtualWorld({
    scenario: { seed, rules: [{ probability: 0.3 + failures * 0.2, fault: 'server_error' }] },
    calls,
    staggerMs,
    seed,
    named: how.named,
    samePrompt: how.samePrompt,
    ...(how.declared === undefined ? {} : { declared: how.declared }),
    client: async (tools) => {
      const truth = `client ${tools.random()}`;
      for (let k = 0; k < attempts; k++) {
        const headers = { 'user-agent': truth, ...(how.counted ? { 'x-stainless-retry-count': String(k) } : {}) };
        const { status } = await tools.request({ headers });
        if (status === 200) return 'ok';
        await tools.sleep(waitMs * (0.5 + tools.random()));
      }
      throw new Error('gave up');
    },
  });
  return historiesOf(session.journal(), how.declared).map((history) => ({
    history,
    clients: new Set(history.tries.map(({ entry }) => entry.headers['user-agent'])),
    positions: history.tries.map(({ entry }) => entry.headers['user-agent'] ?? ''),
  }));
}

const truths = (all: Awaited<ReturnType<typeof histories>>) => new Set(all.flatMap(({ positions }) => positions)).size;

test('calls with a token in the path are recognised without a mistake', async () => {
  await fc.assert(
    fc.asyncProperty(traffic, fc.boolean(), async (drawn, counted) => {
      const all = await histories(drawn, { named: true, samePrompt: true, counted });
      expect(all.length).toBe(truths(all));
      for (const { history, clients } of all) expect([clients.size, history.certainty]).toEqual([1, 'exact']);
    }),
    { numRuns: propertyRuns(20) },
  );
});

test('calls with retry counts and bodies of their own are recognised without a mistake', async () => {
  await fc.assert(
    fc.asyncProperty(traffic, async (drawn) => {
      const all = await histories(drawn, { named: false, samePrompt: false, counted: true });
      expect(all.length).toBe(truths(all));
      for (const { history, clients } of all) expect([clients.size, history.certainty]).toEqual([1, 'exact']);
    }),
    { numRuns: propertyRuns(20) },
  );
});

test.each([true, false])('calls that say the same are never called exact by mistake (retry counts: %s)', async (counted) => {
  await fc.assert(
    fc.asyncProperty(traffic, async (drawn) => {
      const all = await histories(drawn, { named: false, samePrompt: true, counted });
      const requests = all.flatMap(({ positions }) => positions);
      for (const { history, clients, positions } of all) {
        if (history.certainty !== 'exact') continue;
        const own = requests.filter((client) => clients.has(client));
        expect([clients.size, positions.length]).toEqual([1, own.length]);
      }
    }),
    {
      numRuns: propertyRuns(50),
      // A retry that was given to another call, and a later call that looked like its own.
      examples: [
        [{ calls: 6, staggerMs: 400, failures: 1, waitMs: 1_500, attempts: 2, seed: 61 }],
        [{ calls: 4, staggerMs: 400, failures: 1, waitMs: 1_500, attempts: 2, seed: 8 }],
        [{ calls: 2, staggerMs: 0.05, failures: 1, waitMs: 1, attempts: 2, seed: 139 }],
      ],
    },
  );
});

test.each([true, false])(
  'calls that are declared, each with a body of its own, are recognised without a mistake (retry counts: %s)',
  async (counted) => {
    await fc.assert(
      fc.asyncProperty(traffic, fc.boolean(), async (drawn, byNumber) => {
        const declared = byNumber ? drawn.calls : 'unique';
        const all = await histories(drawn, { named: false, samePrompt: false, counted, declared });
        expect(all.length).toBe(truths(all));
        for (const { history, clients } of all) expect([clients.size, history.certainty]).toEqual([1, 'exact']);
      }),
      { numRuns: propertyRuns(20) },
    );
  },
);

test.each([true, false])(
  'calls that say the same are never called exact by a number that is right (retry counts: %s)',
  async (counted) => {
    await fc.assert(
      fc.asyncProperty(traffic, async (drawn) => {
        const all = await histories(drawn, { named: false, samePrompt: true, counted, declared: drawn.calls });
        const requests = all.flatMap(({ positions }) => positions);
        for (const { history, clients, positions } of all) {
          if (history.certainty !== 'exact') continue;
          const own = requests.filter((client) => clients.has(client));
          expect([clients.size, positions.length]).toEqual([1, own.length]);
        }
      }),
      { numRuns: propertyRuns(50) },
    );
  },
);

test('calls that say the same, and wait as they are told, are accused by no number that is right', async () => {
  await fc.assert(
    fc.asyncProperty(traffic, async ({ calls, staggerMs, seed }) => {
      const { accused } = await virtualWorld({
        scenario: { seed, rules: [{ probability: 0.4, fault: { rate_limit: { retry_after: '1s' } } }] },
        calls,
        staggerMs,
        seed,
        named: false,
        samePrompt: true,
        declared: calls,
        client: async (tools) => {
          for (let k = 1; k <= 4; k++) {
            const { status, text } = await tools.request();
            if (status === 200) return text;
            await tools.sleep(1_010 + 500 * 2 ** k * tools.random());
          }
          throw new Error('gave up');
        },
      });
      expect(accused.fail).toEqual([]);
    }),
    { numRuns: propertyRuns(30) },
  );
});
