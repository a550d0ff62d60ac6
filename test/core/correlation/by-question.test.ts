import { expect, test } from 'vitest';
import { CallCorrelator } from '../../../src/core/correlation/call-correlator.ts';
import type { Correlation, CorrelationEvidence } from '../../../src/core/correlation/correlation.ts';
import type { Target } from '../../../src/core/correlation/target.ts';

interface Asked extends Target {
  readonly question: string;
}

/** One session: requests arrive, each on a connection of its own, and end. */
function session(common: Partial<CorrelationEvidence> = {}) {
  const calls = new CallCorrelator({ onForget: () => undefined, isClosed: () => false });
  const questions = new Map<Correlation, string>();
  let connections = 0;
  const ask = (at: number, asked: Partial<Asked> = {}, more: Partial<CorrelationEvidence> = {}): Correlation => {
    connections += 1;
    const { question = 'q', ...elsewhere } = asked;
    const target = { provider: '', keyHash: 'k1', model: 'gpt-4o', ...elsewhere };
    const found = calls.observe({
      pathCall: undefined,
      headers: {},
      fingerprint: JSON.stringify([target, question]),
      at,
      connection: { id: connections, acceptedAt: at, requests: 1 },
      target,
      question: () => question,
      ...common,
      ...more,
    });
    questions.set(found, question);
    return found;
  };
  const end = (of: Correlation, at: number, how: 'fails' | 'refused' | 'succeeds') =>
    calls.complete(of, {
      at,
      retryable: how === 'fails',
      permanent: how === 'refused',
      question: how === 'succeeds' ? undefined : questions.get(of),
      delivered: how === 'succeeds',
      hintMs: undefined,
      connection: 0,
      clientLeft: false,
    });
  return { ask, end };
}

test.each([
  ['model', { model: 'gpt-4o-mini' }, {}],
  ['service', { provider: 'backup' }, {}],
  ['key, where the scenario tells keys apart', { keyHash: 'k2' }, { acrossKeys: true }],
])('the question of a call that failed is its next attempt at another %s', (_what, elsewhere, common) => {
  const { ask, end } = session(common);
  const first = ask(0);
  end(first, 1, 'fails');
  expect(ask(5, elsewhere)).toMatchObject({ call: first.call, attempt: 2, evidence: 'question', certainty: 'likely' });
});

test('another key alone is another caller where the scenario tells no keys apart', () => {
  const { ask, end } = session();
  const first = ask(0);
  end(first, 1, 'fails');
  expect(ask(5, { keyHash: 'k2' })).toMatchObject({ attempt: 1, evidence: 'first' });
});

test('a call goes on at a third target, comes back to the first, and is asked again of the last', () => {
  const { ask, end } = session();
  const targets = ['a', 'b', 'b', 'c', 'a'].map((provider) => ({ provider }));
  const found = targets.map((target, index) => {
    const attempt = ask(10 * index, target);
    end(attempt, 10 * index + 1, 'fails');
    return attempt;
  });
  expect(found.map(({ call, attempt }) => [call, attempt])).toEqual(targets.map((_, index) => ['#1', index + 1]));
});

test.each([
  ['asks something else', { model: 'other', question: 'another' }, 5],
  ['asks the same target, in other words', { fingerprint: 'other' }, 5],
  ['comes two minutes later', { model: 'other' }, 130_000],
])(
  'a request that %s is a call of its own',
  (_what, { fingerprint, ...asked }: Partial<Asked & Pick<CorrelationEvidence, 'fingerprint'>>, at) => {
    const { ask, end } = session();
    end(ask(0), 1, 'fails');
    expect(ask(at, asked, fingerprint === undefined ? {} : { fingerprint })).toMatchObject({ attempt: 1, evidence: 'first' });
  },
);

test.each(['succeeds', 'refused'] as const)('nothing goes on after a call that %s', (how) => {
  const { ask, end } = session();
  end(ask(0), 1, how);
  expect(ask(5, { model: 'other' })).toMatchObject({ attempt: 1, evidence: 'first' });
});

test('what is under way at one target for a while and is asked of another is a hedge of the same call', () => {
  const { ask, end } = session({ acrossTargets: true });
  const first = ask(0);
  const hedge = ask(400, { model: 'other' });
  expect(hedge).toMatchObject({ call: first.call, attempt: 2, evidence: 'question', certainty: 'likely' });
  end(hedge, 500, 'fails');
  end(first, 900, 'fails');
  expect(ask(950, { model: 'third' })).toMatchObject({ call: first.call, attempt: 3 });
});

test.each([
  ['asked of two targets at once', 5, { model: 'other' }],
  ['asked of the same target again', 400, {}],
])('what is under way and %s is two calls', (_what, at, asked) => {
  const { ask } = session({ acrossTargets: true });
  ask(0);
  expect(ask(at, asked)).toMatchObject({ attempt: 1, evidence: 'first' });
});

test('a connection that was opened before the failure was known brings no failover', () => {
  const { ask, end } = session();
  end(ask(0), 10, 'fails');
  const connection = { id: 99, acceptedAt: 5, requests: 1 };
  expect(ask(12, { model: 'other' }, { connection })).toMatchObject({ attempt: 1, evidence: 'first' });
});

test('of two calls that failed and ask the same, which one goes on elsewhere is in doubt', () => {
  const { ask, end } = session();
  const [one, other] = [ask(0), ask(0)];
  end(one, 1, 'fails');
  end(other, 2, 'fails');
  expect(ask(5, { model: 'other' })).toMatchObject({ evidence: 'question', certainty: 'ambiguous' });
});

test('where another target has been asked the same before, a failover to it is in doubt', () => {
  const { ask, end } = session();
  end(ask(0, { model: 'other' }), 1, 'succeeds');
  end(ask(2), 3, 'fails');
  expect(ask(5, { model: 'other' })).toMatchObject({ evidence: 'question', certainty: 'ambiguous' });
});

test('while an SDK that counts its retries has some left, the same question elsewhere is another call', () => {
  const { ask, end } = session();
  const count = (retries: number) => ({ headers: { 'x-stainless-retry-count': String(retries) } });
  const before = ask(0, { question: 'p' }, count(0));
  end(before, 1, 'fails');
  end(ask(500, { question: 'p' }, count(1)), 501, 'succeeds');
  const first = ask(600, {}, count(0));
  end(first, 601, 'fails');
  expect(ask(610, { model: 'other' }, count(0))).toMatchObject({ evidence: 'first' });
  expect(ask(1_100, {}, count(1))).toMatchObject({ call: first.call, attempt: 2, certainty: 'exact' });
});

test('where a program makes no call twice, its question at another model is the same call', () => {
  const { ask, end } = session({ declared: 'unique' });
  const first = ask(0);
  end(first, 1, 'fails');
  const next = ask(5, { model: 'other' });
  expect(next).toMatchObject({ call: first.call, attempt: 2, evidence: 'question' });
  end(next, 6, 'fails');
  expect(ask(9, { model: 'other' })).toMatchObject({ call: first.call, attempt: 3, evidence: 'declared' });
});

test('what is asked is not looked at before something has failed', () => {
  const { ask, end } = session();
  const question = () => {
    throw new Error('looked at');
  };
  const first = ask(0, {}, { question, fingerprint: 'x' });
  end(first, 1, 'succeeds');
  expect(ask(5, {}, { question, fingerprint: 'y' }).question).toBeUndefined();
});
