import fc from 'fast-check';
import { expect, test } from 'vitest';
import { logprobsFrom } from '../../../../src/core/openai/content/logprobs.ts';
import { fork } from '../../../../src/core/random.ts';
import { type ChatFields, chat, eventsOf } from '../../../support/chat.ts';

type Logprobs = { content: Entry[] | null; refusal: Entry[] | null } | null;
type Entry = { token: string; logprob: number; bytes: number[]; top_logprobs: Omit<Entry, 'top_logprobs'>[] };
type WithLogprobs = { choices: { index: number; logprobs: Logprobs; delta: { content?: string } }[] };

const LOGPROBS = { logprobs: true, top_logprobs: 3 };

const whole = (fields: ChatFields, reply = {}) => (JSON.parse(chat(fields, reply).text) as WithLogprobs).choices;
const streamed = (fields: ChatFields, reply = {}) =>
  eventsOf(chat({ ...fields, stream: true }, reply)).flatMap((event) => (JSON.parse(event) as WithLogprobs).choices);

test('every token has its probability, falling alternatives and the chosen token among them', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', minLength: 1 }), fc.nat(20), fc.integer(), (token, top, seed) => {
      const draw = logprobsFrom(top, fork(seed));
      for (const { logprob, bytes, top_logprobs } of [draw(token), draw(token), draw(token)]) {
        expect(logprob).toBeLessThanOrEqual(0);
        expect(bytes).toEqual([...new TextEncoder().encode(token)]);
        expect(top_logprobs).toHaveLength(top);
        expect(top_logprobs.map((other) => other.logprob)).toEqual(
          top_logprobs.map((other) => other.logprob).sort((a, b) => b - a),
        );
        expect(new Set(top_logprobs.map((other) => other.token)).size).toBe(top);
        if (top > 0) expect(top_logprobs).toContainEqual({ token, logprob, bytes });
        expect(top_logprobs.reduce((sum, other) => sum + Math.exp(other.logprob), 0)).toBeLessThan(1);
      }
    }),
  );
});

test('a completion has the log probabilities of its tokens', () => {
  const [choice] = whole(LOGPROBS, { content: 'Hello there, world!' });
  const { content, refusal } = choice?.logprobs ?? {};
  expect(content?.map(({ token }) => token).join('')).toBe('Hello there, world!');
  expect(Object.keys(content?.[0] ?? {})).toEqual(['token', 'logprob', 'bytes', 'top_logprobs']);
  expect(Object.keys(content?.[0]?.top_logprobs[0] ?? {})).toEqual(['token', 'logprob', 'bytes']);
  expect(content?.[0]?.top_logprobs).toHaveLength(3);
  expect(refusal).toBeNull();
});

test('a stream has the same, each in the chunk of its token, after an empty list and before null', () => {
  const all = whole({ ...LOGPROBS, n: 2 });
  const chunks = streamed({ ...LOGPROBS, n: 2 });
  for (const { index, logprobs } of all) {
    const own = chunks.filter((chunk) => chunk.index === index);
    expect(own[0]?.logprobs).toEqual({ content: [], refusal: null });
    expect(own.at(-1)?.logprobs).toBeNull();
    const told = own.slice(1, -1);
    for (const { delta, logprobs: one } of told) expect(one?.content?.map(({ token }) => token)).toEqual([delta.content]);
    expect(told.flatMap((chunk) => chunk.logprobs?.content ?? [])).toEqual(logprobs?.content);
  }
});

test('a refusal has its own, a call has none', () => {
  const [refused] = whole(LOGPROBS, { refusal: 'No way' });
  expect(refused?.logprobs?.content).toBeNull();
  expect(refused?.logprobs?.refusal?.map(({ token }) => token).join('')).toBe('No way');
  expect(streamed(LOGPROBS, { refusal: 'No way' })[0]?.logprobs).toEqual({ content: null, refusal: [] });
  const [called] = whole(LOGPROBS, { toolCalls: [{ name: 'f', arguments: {} }] });
  expect(called?.logprobs).toBeNull();
});

test('without top_logprobs no alternatives are told, without logprobs nothing is', () => {
  expect(whole({ logprobs: true })[0]?.logprobs?.content?.[0]?.top_logprobs).toEqual([]);
  expect(whole({ top_logprobs: 3 })[0]?.logprobs).toBeNull();
});

test('reasoning models have no logprobs key, asked for or not', () => {
  for (const fields of [{}, LOGPROBS]) {
    expect(whole({ model: 'o3', ...fields })[0]).not.toHaveProperty('logprobs');
    for (const choice of streamed({ model: 'o3', ...fields })) expect(choice).not.toHaveProperty('logprobs');
  }
});
