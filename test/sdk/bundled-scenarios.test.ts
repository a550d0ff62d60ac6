import { readFileSync } from 'node:fs';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { bundledPath, bundledScenarios } from '../../src/scenario-files/load-scenario.ts';
import { drive } from '../support/drive.ts';
import { startMock } from '../support/start-mock.ts';

/** A scenario, without a network and without waiting. */
const driven = (name: string) => drive(readFileSync(bundledPath(name), 'utf8'));
const STREAM = { fields: { stream: true } };

/** How the effects of the first streams end. */
function endings(name: string, count: number): (string | undefined)[] {
  const { send } = driven(name);
  return Array.from({ length: count }, (_, index) => send({ ...STREAM, content: `Question ${index}` }).effects.at(-1)?.type);
}

/** The text of a stream, as the official SDK reads it. */
async function streamed(client: OpenAI): Promise<string> {
  let text = '';
  const asked = { model: 'gpt-4o', stream: true, messages: [{ role: 'user', content: 'Hello' }] } as const;
  for await (const chunk of await client.chat.completions.create({ ...asked, messages: [...asked.messages] }))
    text += chunk.choices[0]?.delta.content ?? '';
  return text;
}

test.each(bundledScenarios())('%s says in its second line what it proves', (name) => {
  const lines = readFileSync(bundledPath(name), 'utf8').trimEnd().split('\n');
  expect(lines[1]).toMatch(/^# (Proves that|Shows whether) .+\.$/);
  expect(lines.length).toBeLessThanOrEqual(30);
});

test('stream-cut: three endings, then whole streams', () => {
  expect(endings('stream-cut', 5)).toEqual(['end', 'close', 'reset', 'end', 'end']);
  const { send } = driven('stream-cut');
  const texts = [1, 2, 3, 4].map((index) => send({ ...STREAM, content: `Question ${index}` }).text);
  expect(texts.map((text) => text.includes('[DONE]'))).toEqual([false, false, false, true]);
});

test('stream-stall: a pause, silence, then whole streams', () => {
  expect(endings('stream-stall', 4)).toEqual(['end', 'hang', 'end', 'end']);
  const { effects, text } = driven('stream-stall').send(STREAM);
  expect(effects.filter(({ type }) => type === 'wait')).toEqual([{ type: 'wait', ms: 2_000 }]);
  expect(text).toContain('[DONE]');
});

test('stream-error: errors within streams, then whole ones', () => {
  const { send } = driven('stream-error');
  const texts = [1, 2, 3, 4].map((index) => send({ ...STREAM, content: `Question ${index}` }).text);
  expect(texts.map((text) => text.includes('"error"'))).toEqual([true, true, false, false]);
  expect(texts.map((text) => text.includes('[DONE]'))).toEqual([true, false, true, true]);
});

test('resets: a connection that is refused, and first attempts that are cut; second attempts are answered', async () => {
  const mock = await startMock('resets');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 2 });
  const outcomes = [];
  for (let index = 0; index < 8; index++) {
    const asked = client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `Question ${index}` }] });
    outcomes.push(await asked.then(() => 'answered', String));
  }
  const [refused, ...others] = mock.journal();
  expect(refused).toMatchObject({ method: '', closedBy: 'server', closedHow: 'reset' });
  const first = others.filter(({ attemptSeq }) => attemptSeq === 1);
  expect(first.map(({ closedBy }) => closedBy)).toEqual(Array(first.length).fill('server'));
  expect(others.filter(({ attemptSeq }) => attemptSeq > 1).every(({ status }) => status === 200)).toBe(true);
  expect(outcomes).toContain('answered');
});

test('keep-alive-death: connections die on reuse, and the SDK gets every answer', async () => {
  const mock = await startMock('keep-alive-death');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey });
  for (let index = 0; index < 6; index++)
    await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `Question ${index}` }] });
  const died = mock.journal().filter(({ closedBy }) => closedBy === 'server');
  expect(died.length).toBeGreaterThan(1);
  for (const { connReqSeq, bytesOut } of died) expect([connReqSeq > 1, bytesOut]).toEqual([true, 0]);
});

test('slow-network: heads and bodies come late, and whole', () => {
  const { send } = driven('slow-network');
  const whole = send();
  expect(whole.head?.pace).toEqual({ bytes: 410, everyMs: expect.closeTo(100, 0) });
  expect(whole.effects.some(({ type }) => type === 'wait')).toBe(true);
  expect(() => JSON.parse(whole.text)).not.toThrow();
  const stream = send(STREAM);
  expect(stream.effects.filter(({ type }) => type === 'wait').length).toBeGreaterThan(20);
  expect(stream.text).toContain('[DONE]');
});

test('legal-sse: the SDK reads the same text in every framing', async () => {
  const mock = await startMock('legal-sse');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
  const texts = [];
  for (let index = 0; index < 5; index++) texts.push(await streamed(client));
  expect(new Set(texts)).toEqual(
    new Set(['Déjà vu 😀 — naïve parsers break on 日本語 and on 👩‍👩‍👧‍👦, good ones do not notice.']),
  );
  expect(mock.journal().every(({ closedBy, faultApplied }) => closedBy === null && faultApplied !== null)).toBe(true);
});

test('heartbeat-stall: comments before a stream, silence, comments only, then whole streams', () => {
  const { send } = driven('heartbeat-stall');
  const first = send({ ...STREAM, content: 'Question 1' });
  expect(first.effects.map(({ type }) => type).slice(0, 4)).toEqual(['head', 'wait', 'write', 'wait']);
  expect(first.text.match(/^: keep-alive$/gm)).toHaveLength(3);
  expect(first.text).toContain('[DONE]');
  expect(send({ ...STREAM, content: 'Question 2' }).effects.at(-1)?.type).toBe('hang');
});

test('broken-tools: six calls come broken, then whole ones', async () => {
  const mock = await startMock('broken-tools');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey });
  const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'] };
  const seen = [];
  for (let index = 0; index < 7; index++) {
    const { choices } = await client.chat.completions.create({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: `Question ${index}` }],
      tools: [{ type: 'function', function: { name: 'find', parameters } }],
    });
    const calls = choices[0]?.message.tool_calls ?? [];
    seen.push(calls.map((call) => (call.type === 'function' ? call.function.name : '')).join());
  }
  expect(seen).toEqual(['find', 'find', 'no_such_find', 'find', 'find', 'find,find', '']);
  expect(mock.journal().flatMap(({ brokenCalls }) => brokenCalls ?? [])).toHaveLength(3);
});

test('spoilt-answers: each way to spoil an answer, and a second attempt that is whole', async () => {
  const mock = await startMock('spoilt-answers');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey });
  for (let index = 0; index < 16; index++) {
    const asked = () =>
      client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `Question ${index}` }] });
    const text = await asked().then(
      ({ choices }) => choices?.[0]?.message.content,
      () => undefined,
    );
    if (typeof text !== 'string') expect((await asked()).choices[0]?.message.content).toEqual(expect.any(String));
  }
  expect(mock.journal().filter(({ retryable }) => retryable)).toHaveLength(4);
  expect(mock.calls()).toHaveLength(16);
});

test('lost-answers: some first answers get lost, second ones come', async () => {
  const mock = await startMock('lost-answers');
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 1 });
  for (let index = 0; index < 9; index++) {
    await client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content: `Question ${index}` }] });
  }
  const lost = mock.journal().filter(({ status }) => status === null);
  expect(lost.length).toBeGreaterThan(0);
  expect(lost.length).toBeLessThan(9);
});
