import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseForcedFault } from '../../../src/exchange/forced-fault.ts';
import type { Decided } from '../../../src/session/state/session-state.ts';
import { performed } from '../../support/performed.ts';
import { propertyRuns } from '../../support/property-runs.ts';
import { chatRequest, inMemory, overMessages, type StateWorld } from '../../support/session-states.ts';

/** Faults, and whether a request that meets one gets past it to the API, where it takes a place. */
const FAULTS = [
  ['ok', true],
  ['latency', true],
  ['overloaded', true],
  ['rate_limit', true],
  ['truncated_stream', true],
  ['truncated_body', true],
  ['bad_gateway', false],
  ['insufficient_quota', false],
  ['hang', false],
  ['empty_response', false],
  ['connection_reset', false],
] as const;

/** How exchanges end: well, cut by the mock, left by the client, with a connection that broke. */
const ENDS = [
  {},
  { closedBy: 'server', closedHow: 'reset' },
  { closedBy: 'server', closedHow: 'fin' },
  { closedBy: 'client', closedHow: 'fin', clientCloseAt: 1 },
  { closedBy: 'client', closedHow: 'reset', clientCloseAt: 1, firstByteAt: null },
] as const;

const operation = fc.oneof(
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('open' as const), fault: fc.constantFrom(...FAULTS) }) },
  {
    weight: 5,
    arbitrary: fc.record({ kind: fc.constant('end' as const), which: fc.nat(50), how: fc.constantFrom(...ENDS) }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('change' as const), to: fc.integer({ min: 1, max: 4 }) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('reset' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 90_000 }) }) },
);

const MOST = 2;

/** An exchange that is under way: whether it holds a place, as far as is known here. */
interface Under {
  readonly decided: Decided;
  holds: boolean;
}

async function ask(world: StateWorld, fault: string): Promise<Decided> {
  const forced = parseForcedFault(fault);
  const { step } = world.reader.prepare(chatRequest(world.clock.now()), {
    path: '/v1/chat/completions',
    call: undefined,
    forced,
  });
  const decided = await world.state.decide(step);
  if (decided === 'stale') throw new Error('the step is stale');
  return decided;
}

test.each([
  ['in memory', inMemory, 30],
  ['over messages', overMessages, 10],
])(
  '%s no more are served at once than may be, and every place is free again, whatever happens',
  async (_where, worldOf, runs) => {
    await fc.assert(
      fc.asyncProperty(fc.array(operation, { maxLength: 40 }), async (operations) => {
        const world = worldOf({ limits: { '*': { in_flight: MOST, rpm: 1_000 } } });
        const open: Under[] = [];
        const held = () => open.filter(({ holds }) => holds).length;
        let most = MOST;
        for (const each of operations) {
          if (each.kind === 'open') {
            const [fault, getsThrough] = each.fault;
            const before = held();
            const decided = await ask(world, fault);
            const isRefused = decided.limit?.refusal?.reason === 'in_flight';
            expect(isRefused).toBe(before >= most);
            open.push({ decided, holds: !isRefused && getsThrough });
            expect(held()).toBeLessThanOrEqual(Math.max(before, most));
          } else if (each.kind === 'end') {
            const [one] = open.splice(each.which % Math.max(1, open.length), 1);
            if (one === undefined) continue;
            one.decided.exchange.ended({ performed: performed(1, each.how), endedAt: 1, unused: undefined, billed: 0 });
          } else if (each.kind === 'change') {
            most = each.to;
            world.session.changeLimits({ models: { '*': { tier: undefined, given: {}, inFlight: most } }, keys: {} });
          } else if (each.kind === 'reset') {
            most = MOST;
            // What was under way before is none of the places after it.
            for (const under of open) under.holds = false;
            world.session.reset();
          } else world.clock.advance(each.ms);
          await world.settled();
        }
        for (const { decided } of open.splice(0)) {
          decided.exchange.ended({ performed: performed(1), endedAt: 1, unused: undefined, billed: 0 });
        }
        await world.settled();
        for (let place = 0; place < most; place++) expect((await ask(world, 'ok')).limit?.refusal).toBeUndefined();
        expect((await ask(world, 'ok')).limit?.refusal).toEqual({ reason: 'in_flight', limit: most, used: most });
      }),
      { numRuns: propertyRuns(runs) },
    );
  },
);
