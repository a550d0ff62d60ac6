import { expect, test } from 'vitest';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import type { DecisionStep } from '../../src/exchange/decision-step.ts';
import { libraries } from '../../src/libraries.ts';
import { loadScenario } from '../../src/scenario-files/load-scenario.ts';
import type { MaybePromise } from '../../src/session/maybe-promise.ts';
import { ServedSession } from '../../src/session/served-session.ts';
import type { Decided, QueuePlace, SessionState } from '../../src/session/state/session-state.ts';
import { performed } from '../support/performed.ts';
import { fakeClock } from '../support/reply-context.ts';
import { chatRequest } from '../support/session-states.ts';

const DESTINATION = { path: '/v1/chat/completions', call: undefined, forced: undefined };
const CORRELATION = { call: '#1', attempt: 1, evidence: 'first', certainty: 'exact', drawKey: 'k' } as const;

interface Fake {
  readonly decisions?: readonly Partial<Decided>[];
  readonly stale?: number;
  reserve?(): MaybePromise<QueuePlace>;
}

/** A session over a state that decides as it is told, and keeps what it is told. */
function served(scenario: ScenarioInput, { decisions = [], stale = 0, reserve = () => ({ waitMs: 0 }) }: Fake = {}) {
  const clock = fakeClock();
  const { plan } = loadScenario({ file: 'scenario', data: scenario }, libraries);
  const told: unknown[] = [];
  const steps: DecisionStep[] = [];
  const exchange: Decided['exchange'] = {
    reserve,
    keep: () => undefined,
    waiting: () => told.push('waiting'),
    started: ({ status }) => told.push(['started', status]),
    ended: ({ endedAt, unused }) => told.push(['ended', endedAt, unused]),
  };
  const state: SessionState = {
    decide(step) {
      steps.push(step);
      if (steps.length <= stale) return 'stale';
      return { correlation: CORRELATION, elapsedMs: 0, limit: undefined, applied: null, faults: [], exchange, ...decisions[0] };
    },
    decideEarly: () => undefined,
    abandoned: () => told.push('abandoned'),
    begin: () => undefined,
    release: () => undefined,
    isWaiting: () => false,
  };
  const known = { plan, planVersion: 1 };
  return { clock, told, steps, known, session: new ServedSession({ clock, libraries, state, known }) };
}

test('a request that was read by an old plan is read again', async () => {
  const { session, steps, known } = served({}, { stale: 1 });
  const prepared = session.prepare(chatRequest(0), DESTINATION);
  known.planVersion = 2;
  await session.receive(prepared);
  expect(steps.map(({ planVersion }) => planVersion)).toEqual([1, 2]);
});

test('the state hears of a wait once, of the head, and of the end', async () => {
  const { session, told, clock } = served({});
  const exchange = await session.receive(session.prepare(chatRequest(0), DESTINATION));
  exchange.waits();
  exchange.waits();
  const [head] = exchange.takeReply();
  if (head?.type === 'head') exchange.headSent(head);
  exchange.waits();
  clock.advance(7);
  exchange.finished(performed(null, { closedBy: 'server', closedHow: 'fin' }));
  expect(told).toEqual(['waiting', ['started', 200], ['ended', clock.now(), undefined]]);
});

test('no rule is asked of the state about a connection that no rule concerns', () => {
  const { session } = served({ rules: [{ fault: 'hang' }] });
  expect(session.refuse(chatRequest(0), DESTINATION)).toBeUndefined();
});

test.each([
  ['is served after its wait', async () => ({ waitMs: 30 }), [200, 80]],
  ['is refused where the queue is full', async () => ({ waitMs: undefined }), [503, undefined]],
  ['is refused where no place can be had', () => Promise.reject<QueuePlace>(new Error('gone')), [503, undefined]],
] as const)('a reply that waits for a place %s', async (_title, reserve, [status, waitMs]) => {
  const capacity = { rate: '10/s', burst: 1, queue: 1, service_time: '50ms' } as const;
  const { session } = served({ capacity }, { reserve });
  const exchange = await session.receive(session.prepare(chatRequest(0), DESTINATION));
  const effects = exchange.takeReply()[Symbol.iterator]();
  expect(effects.next().value).toEqual({ type: 'wait', ms: 0, until: 'placed' });
  await exchange.placed;
  const rest = [...{ [Symbol.iterator]: () => effects }];
  expect(rest.find(({ type }) => type === 'wait')).toEqual(waitMs === undefined ? undefined : { type: 'wait', ms: waitMs });
  expect(rest.find(({ type }) => type === 'head')).toMatchObject({ status });
});
