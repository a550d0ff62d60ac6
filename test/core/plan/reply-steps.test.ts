import fc from 'fast-check';
import { expect, test } from 'vitest';
import { conversationIn, type Said } from '../../../src/core/openai/request/said.ts';
import type { PlannedReply } from '../../../src/core/plan/planned-reply.ts';
import type { ReplyQuestion } from '../../../src/core/plan/reply-question.ts';
import { ReplySteps } from '../../../src/core/plan/reply-steps.ts';
import { propertyRuns } from '../../support/property-runs.ts';

const replyOf = (length: number, repeat = false, per = 'session') =>
  ({ steps: Array.from({ length }, () => ({})), sequence: { per, repeat } }) as unknown as PlannedReply;
const PLAIN = { steps: [{}], sequence: undefined } as unknown as PlannedReply;

const askOf = (...scopes: readonly (string | undefined)[]): ReplyQuestion => ({
  candidates: scopes.map((scope, place) => ({ place, scope })),
  isRequired: false,
  conversation: undefined,
});

/** The place and the step that a call is answered with. */
function answered(steps: ReplySteps, replies: readonly PlannedReply[], question: ReplyQuestion, call: string): unknown {
  const choice = steps.choose(replies, question, call);
  steps.note(choice, question, call);
  return [choice.place, choice.step];
}

test('each call has the next step, and each attempt of it the same', () => {
  const steps = new ReplySteps();
  const replies = [replyOf(3)];
  const ask = askOf('session');
  const calls = ['a', 'a', 'b', 'a', 'c', 'b', 'd'];
  expect(calls.map((call) => answered(steps, replies, ask, call))).toEqual([
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 0],
    [0, 2],
    [0, 1],
    [undefined, 0],
  ]);
});

test('a step that was not answered with is not used up', () => {
  const steps = new ReplySteps();
  const replies = [replyOf(2)];
  expect(steps.choose(replies, askOf('session'), 'a')).toMatchObject({ place: 0, step: 0 });
  expect(answered(steps, replies, askOf('session'), 'b')).toEqual([0, 0]);
  expect(answered(steps, replies, askOf('session'), 'a')).toEqual([0, 1]);
});

test('after the last step the next reply speaks; a sequence that repeats begins again', () => {
  const steps = new ReplySteps();
  const calls = ['a', 'b', 'c', 'd'];
  expect(calls.map((call) => answered(steps, [replyOf(2), PLAIN], askOf('session', undefined), call))).toEqual([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 0],
  ]);
  const again = new ReplySteps();
  expect(calls.map((call) => answered(again, [replyOf(2, true)], askOf('session'), call))).toEqual([
    [0, 0],
    [0, 1],
    [0, 0],
    [0, 1],
  ]);
});

test('scopes are counted each by itself', () => {
  const steps = new ReplySteps();
  const asked = ['key a', 'key b', 'key a', 'key b'].map((scope, at) =>
    answered(steps, [replyOf(9, false, 'key')], askOf(scope), `call ${at}`),
  );
  expect(asked).toEqual([
    [0, 0],
    [0, 0],
    [0, 1],
    [0, 1],
  ]);
});

test('per call each answered attempt has the next step', () => {
  const steps = new ReplySteps();
  const replies = [replyOf(2, false, 'call'), PLAIN];
  const calls = ['a', 'a', 'b', 'a', 'b'];
  expect(calls.map((call) => answered(steps, replies, askOf('call', undefined), call))).toEqual([
    [0, 0],
    [0, 1],
    [0, 0],
    [1, 0],
    [0, 1],
  ]);
  steps.forget('a');
  expect(answered(steps, replies, askOf('call', undefined), 'a')).toEqual([0, 0]);
});

const user = (text: string): Said => ({ speaker: 'user', text });
const model = (text: string): Said => ({ speaker: 'assistant', text });
const tool = (text: string): Said => ({ speaker: 'tool', text });
const hashes = (...thread: Said[]) => conversationIn(thread)?.hashes;

test('what was said before the last answer is what was said when it was asked for', () => {
  const first = [user('Hi')];
  const second = [...first, model(''), model(''), tool('x'), tool('y')];
  const third = [...second, model('Done.'), user('Go on.')];
  expect(hashes(...first)?.before).toBeUndefined();
  expect(hashes(...second)?.before).toBe(hashes(...first)?.said);
  expect(hashes(...third)?.before).toBe(hashes(...second)?.said);
  expect(new Set([first, second, third].map((thread) => hashes(...thread)?.said)).size).toBe(3);
});

test('the system may say another thing each time, and an answer that is begun is none', () => {
  const system = (text: string): Said => ({ speaker: 'system', text });
  expect(hashes(system('It is noon.'), user('Hi'))).toEqual(hashes(system('It is one.'), user('Hi')));
  expect(hashes(user('Hi'), model('Once upon'))).toEqual(hashes(user('Hi')));
});

test('conversations step each by itself, whatever comes between and however often it is tried', () => {
  /** Each conversation and how it goes; a turn is tried so many times. */
  const conversation = fc.array(fc.record({ says: fc.constantFrom('a', 'b'), tries: fc.integer({ min: 1, max: 3 }) }), {
    minLength: 1,
    maxLength: 5,
  });
  fc.assert(
    fc.property(fc.array(conversation, { minLength: 1, maxLength: 4 }), fc.infiniteStream(fc.nat()), (talks, order) => {
      const steps = new ReplySteps();
      const replies = [replyOf(9, false, 'conversation')];
      const open = talks.map((turns) => ({ turns, thread: [] as Said[], turn: 0, tried: 0 }));
      let call = 0;
      for (let live = open; live.length > 0; live = live.filter(({ turns, turn }) => turn < turns.length)) {
        const talk = live[(order.next().value as number) % live.length];
        const next = talk?.turns[talk.turn];
        if (talk === undefined || next === undefined) continue;
        const asked = [...talk.thread, user(next.says)];
        const conversation = hashes(...asked);
        const question = {
          ...askOf('conversation'),
          conversation: conversation && { at: conversation.said, before: conversation.before },
        };
        expect(answered(steps, replies, question, `call ${call++}`)).toEqual([0, talk.turn]);
        talk.tried += 1;
        if (talk.tried < next.tries) continue;
        talk.thread = [...asked, model(`answer ${talk.turn}`)];
        talk.turn += 1;
        talk.tried = 0;
      }
    }),
    { numRuns: propertyRuns(100) },
  );
});

test('what is remembered is bounded', () => {
  const steps = new ReplySteps();
  const replies = [replyOf(9, false, 'key')];
  for (let at = 0; at < 100_001; at++) answered(steps, replies, askOf(`key ${at}`), 'call');
  expect(answered(steps, replies, askOf('key 0'), 'other')).toEqual([0, 0]);
  expect(answered(steps, replies, askOf('key 100000'), 'other')).toEqual([0, 1]);
});
