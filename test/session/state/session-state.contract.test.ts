import { describe, expect, test } from 'vitest';
import { faultsByName } from '../../../src/core/faults/registry.ts';
import type { StoreReference } from '../../../src/core/openai/store/session-store.ts';
import type { StoredResponse } from '../../../src/core/openai/store/stored-response.ts';
import type { DecisionStep } from '../../../src/exchange/decision-step.ts';
import type { HeadNotes } from '../../../src/exchange/record.ts';
import type { Decided } from '../../../src/session/state/session-state.ts';
import { performed } from '../../support/performed.ts';
import { chatRequest, inMemory, overMessages, type StateWorld } from '../../support/session-states.ts';

const PATH = '/v1/chat/completions';
const EMPTY = { path: '', forced: undefined };
const FAILED: HeadNotes = {
  t_firstByteBefore: 2,
  status: 429,
  errorCode: 'rate_limit_exceeded',
  errorType: 'requests',
  hint: null,
  shouldRetry: null,
  paceDueAt: null,
  refusedBy: null,
};
const OK: HeadNotes = { ...FAILED, status: 200, errorCode: null, errorType: null };

function stepAt({ reader }: StateWorld, at: number, connection = 1): DecisionStep {
  return reader.prepare(chatRequest(at, connection), { path: PATH, call: undefined, forced: undefined }).step;
}

async function decided(world: StateWorld, at = 0, connection = 1): Promise<Decided> {
  const found = await world.state.decide(stepAt(world, at, connection));
  if (found === 'stale') throw new Error('the step is stale');
  return found;
}

function end({ exchange }: Decided, at: number, notes = OK, unused: object | undefined = undefined): void {
  exchange.started(notes);
  exchange.ended({ performed: performed(at), endedAt: at, unused, billed: 0 });
}

describe.each([
  ['in memory', inMemory],
  ['over messages', overMessages],
])('the state %s', (_where, worldOf) => {
  test('counts attempts of a call and tells rules of them', async () => {
    const world = worldOf({ rules: [{ name: 'limited', first: 1, fault: 'rate_limit' }] });
    const first = await decided(world);
    expect(first).toMatchObject({ correlation: { attempt: 1 }, applied: { rule: 'limited' } });
    end(first, 2, FAILED);
    world.clock.advance(1_000);
    const second = await decided(world, 1_000, 2);
    expect(second.correlation).toMatchObject({ call: first.correlation.call, attempt: 2, evidence: 'fingerprint' });
    expect(second.applied).toBeNull();
  });

  test('keeps the record of an exchange from the decision to its end', async () => {
    const world = worldOf({});
    const open = await decided(world, 1);
    expect(world.session.journal()).toMatchObject([{ t_headers: 1, status: null, t_end: null, attemptSeq: 1 }]);
    expect(world.session.inFlight).toBe(1);
    end(open, 3, FAILED);
    await world.settled();
    expect(world.session.journal()).toMatchObject([{ status: 429, errorCode: 'rate_limit_exceeded', t_end: 3, t_lastByte: 3 }]);
    expect(world.session.inFlight).toBe(0);
  });

  test('notes who refused a request, where only the reply found what is wrong', async () => {
    const world = worldOf({});
    end(await decided(world), 1, { ...FAILED, refusedBy: 'api' });
    await world.settled();
    expect(world.session.journal()).toMatchObject([{ status: 429, refusedBy: 'api' }]);
  });

  test('decides nothing by a plan that is not in force any more', async () => {
    const world = worldOf({});
    const step = stepAt(world, 0);
    world.session.use([{ fault: [{ name: 'server_error', params: {} }] } as never], faultsByName);
    expect(await world.state.decide(step)).toBe('stale');
    expect([world.session.journal(), world.session.startedAt]).toEqual([[], undefined]);
    await world.settled();
    expect(stepAt(world, 0).planVersion).not.toBe(step.planVersion);
  });

  test('refuses a connection where a rule says so, and lets others pass', async () => {
    const world = worldOf({ rules: [{ name: 'door', first: 1, fault: { connection_reset: { at: 'accept' } } }] });
    const incoming = { ...chatRequest(5), method: '', target: '', headers: {}, body: new Uint8Array(0), bodyEndAt: null };
    const refused = await world.state.decideEarly({ incoming, ...EMPTY });
    expect(refused).toMatchObject({ applied: { rule: 'door' }, correlation: { certainty: 'ambiguous' } });
    const cut = performed(null, { closedBy: 'server', closedHow: 'reset' });
    refused?.exchange.ended({ performed: cut, endedAt: 6, unused: undefined, billed: 0 });
    expect(await world.state.decideEarly({ incoming, ...EMPTY })).toBeUndefined();
    expect(world.session.journal()).toMatchObject([{ closedHow: 'reset', t_end: 6, faultApplied: { rule: 'door' } }]);
    expect(world.session.inFlight).toBe(0);
  });

  test('gives places in the queue of the service, until it is full', async () => {
    const world = worldOf({ capacity: { rate: '10/s', burst: 1, queue: 1, service_time: '50ms', refusal_cost: 0 } });
    const waits: (number | undefined)[] = [];
    for (let request = 0; request < 3; request++) waits.push((await (await decided(world)).exchange.reserve()).waitMs);
    expect(waits).toEqual([0, 100, undefined]);
    expect(world.session.journal().map(({ queuedMs, refusedBy }) => [queuedMs, refusedBy])).toEqual([
      [0, null],
      [100, null],
      [null, 'api'],
    ]);
  });

  test('takes a place no earlier than it is asked to, where a fault comes first', async () => {
    const world = worldOf({
      capacity: { rate: '10/s', burst: 1, queue: 1, refusal_cost: 0 },
      rules: [{ first: 1, fault: { latency: '1s' } }],
    });
    const slow = await decided(world);
    expect((await (await decided(world)).exchange.reserve()).waitMs).toBe(0);
    expect((await slow.exchange.reserve()).waitMs).toBe(100);
  });

  test('knows of a reply that waits, until it begins', async () => {
    const world = worldOf({});
    const { request } = stepAt(world, 0);
    const open = await decided(world);
    const isWaiting = () => world.session.state.isWaiting(request.fingerprint);
    expect(isWaiting()).toBe(false);
    open.exchange.waiting();
    await world.settled();
    expect(isWaiting()).toBe(true);
    open.exchange.started(OK);
    await world.settled();
    expect(isWaiting()).toBe(false);
  });

  test('takes back what a request did not use', async () => {
    const used = async (unused: object | undefined) => {
      const world = worldOf({ limits: { 'gpt-4o': { rpm: 500, tpm: 30_000 } } });
      end(await decided(world), 0, OK, unused);
      const { limit } = await decided(world);
      return limit?.buckets.tokens?.used ?? Number.NaN;
    };
    const [all, less] = [await used(undefined), await used({ tokens: 3 })];
    expect(all - less).toBe(3);
  });

  test('puts nothing that was drawn before a reset into the buckets after it', async () => {
    const world = worldOf({ limits: { 'gpt-4o': { rpm: 500, tpm: 30_000 } } });
    const before = await decided(world);
    world.session.reset();
    await world.settled();
    const { limit } = await decided(world);
    end(before, 0, OK, { requests: 1, tokens: 4 });
    await world.settled();
    const after = await decided(world);
    expect(after.limit?.buckets.tokens?.used).toBe(2 * (limit?.buckets.tokens?.used ?? Number.NaN));
  });

  test('serves as many at once as may be, and keeps their places when the number is changed', async () => {
    const world = worldOf({ limits: { '*': { in_flight: 2 } } });
    const refused = async () => (await decided(world)).limit?.refusal;
    const open = [await decided(world), await decided(world)];
    expect(open.map(({ limit }) => limit?.refusal)).toEqual([undefined, undefined]);
    expect(await refused()).toEqual({ reason: 'in_flight', limit: 2, used: 2 });
    const become = async (course: number) => {
      world.session.changeLimits({ models: { '*': { tier: undefined, given: {}, inFlight: course } }, keys: {} });
      await world.settled();
    };
    await become(1);
    expect(await refused()).toEqual({ reason: 'in_flight', limit: 1, used: 2 });
    await become(3);
    const third = await decided(world);
    expect(third.limit?.refusal).toBeUndefined();
    expect(await refused()).toEqual({ reason: 'in_flight', limit: 3, used: 3 });
    for (const each of open) end(each, 1);
    await world.settled();
    expect([await refused(), await refused(), await refused()]).toEqual([
      undefined,
      undefined,
      { reason: 'in_flight', limit: 3, used: 3 },
    ]);
  });

  test('counts in fixed windows, and keeps what was used when the limit is changed', async () => {
    const world = worldOf({ limits: { '*': { rpm: 2, window: 'fixed' } } });
    const refusalAt = async (at: number) => (await decided(world, at)).limit?.refusal?.reason;
    expect([await refusalAt(0), await refusalAt(0), await refusalAt(0)]).toEqual([undefined, undefined, 'short']);
    world.session.changeLimits({ models: { '*': { tier: undefined, given: { requests: 3 }, inFlight: undefined } }, keys: {} });
    await world.settled();
    expect([await refusalAt(0), await refusalAt(0)]).toEqual([undefined, 'short']);
    world.clock.advance(60_000);
    const after = await decided(world, 60_000);
    expect(after.limit?.buckets.requests).toMatchObject({ used: 1, endsInMs: 60_000 });
  });

  test('counts requests whose bodies are on their way', async () => {
    const { session, state, settled } = worldOf({});
    state.begin();
    state.begin();
    state.release();
    await settled();
    expect(session.inFlight).toBe(1);
    state.release();
    await settled();
    expect(session.inFlight).toBe(0);
  });

  test('notes a request that its client left in the middle', async () => {
    const { session, state, settled } = worldOf({});
    const gone = performed(null, { clientCloseAt: 4, closedBy: 'client', closedHow: 'fin' });
    state.abandoned({ incoming: { ...chatRequest(1), bodyEndAt: null }, path: PATH }, gone);
    await settled();
    expect(session.journal()).toMatchObject([{ path: PATH, t_bodyEnd: null, t_clientClose: 4, closedBy: 'client' }]);
  });

  describe('keeps responses and conversations', () => {
    const question = { about: 'turn', previous: undefined, conversation: undefined, items: [], answers: [] } as const;

    const asked = async (world: StateWorld, of: StoreReference, connection = 1) => {
      const found = await world.state.decide({ ...stepAt(world, 0, connection), reference: of });
      if (found === 'stale') throw new Error('the step is stale');
      return found;
    };

    const response = (id: string, more: Partial<StoredResponse> = {}): StoredResponse => ({
      ...{ id, text: `{"id": "${id}"}`, previous: undefined, context: { tokens: 12, openCalls: [] }, background: undefined },
      ...more,
    });

    const keep = async (world: StateWorld, kept: StoredResponse) => {
      const open = await asked(world, question);
      open.exchange.keep({ change: 'keep response', response: kept });
      end(open, 0);
      await world.settled();
    };

    test('finds a response that was kept, with the input of its request', async () => {
      const world = worldOf({});
      await keep(world, response('resp_1'));
      const { found } = await asked(world, { about: 'response', id: 'resp_1', withTurns: true });
      expect(found).toEqual({
        is: 'response',
        response: response('resp_1'),
        turns: [{ id: 'resp_1', input: undefined, answer: undefined }],
      });
      expect((await asked(world, { ...question, previous: 'resp_1' })).found).toEqual({
        is: 'turn',
        context: { tokens: 12, openCalls: [] },
      });
    });

    test('refuses what refers to something that it does not keep, before any rule is asked', async () => {
      const world = worldOf({ rules: [{ first: 1, fault: 'rate_limit' }] });
      const lost = await asked(world, { ...question, previous: 'resp_0' });
      expect(lost).toMatchObject({ applied: null, found: { is: 'missing', what: 'previous response', id: 'resp_0' } });
      expect(world.session.journal()).toMatchObject([{ refusedBy: 'api', faultApplied: null }]);
      expect((await decided(world)).applied).not.toBeNull();
    });

    test('holds outputs against the calls that were left open', async () => {
      const world = worldOf({});
      await keep(world, response('resp_1', { context: { tokens: 1, openCalls: ['call_a', 'call_b'] } }));
      const found = async (...answers: string[]) => (await asked(world, { ...question, previous: 'resp_1', answers })).found;
      expect(await found('call_a', 'call_b')).toMatchObject({ is: 'turn' });
      expect(await found('call_a')).toEqual({ is: 'missing', what: 'output', id: 'call_b' });
      expect(await found('call_c')).toEqual({ is: 'missing', what: 'call', id: 'call_c' });
    });

    test('locks a conversation from the decision to the end of the exchange', async () => {
      const world = worldOf({});
      const conversation = { id: 'conv_1', createdAt: 1, metadata: {}, items: [], context: { tokens: 0, openCalls: [] } };
      const made = await asked(world, { about: 'nothing' });
      made.exchange.keep({ change: 'keep conversation', conversation });
      end(made, 0);
      await world.settled();
      const turn = { ...question, conversation: 'conv_1' };
      const first = await asked(world, turn);
      expect(first.found).toMatchObject({ is: 'turn' });
      expect((await asked(world, turn, 2)).found).toEqual({ is: 'locked' });
      end(first, 1);
      await world.settled();
      expect((await asked(world, turn, 3)).found).toMatchObject({ is: 'turn' });
    });

    test('forgets all of it when the session begins anew', async () => {
      const world = worldOf({});
      await keep(world, response('resp_1'));
      world.session.reset();
      await world.settled();
      expect((await asked(world, { about: 'response', id: 'resp_1', withTurns: false })).found).toEqual({
        is: 'missing',
        what: 'response',
        id: 'resp_1',
      });
    });
  });
});
