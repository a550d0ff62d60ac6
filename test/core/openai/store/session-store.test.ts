import { expect, test } from 'vitest';
import { SessionStore } from '../../../../src/core/openai/store/session-store.ts';
import type { StoredConversation, StoredResponse } from '../../../../src/core/openai/store/stored-response.ts';

const created = () =>
  new SessionStore({
    parse: (body) => JSON.parse(Buffer.from(body).toString()),
    textOf: (bytes) => Buffer.from(bytes).toString(),
  });
const NONE = { tokens: 0, openCalls: [] };
const response = (id: string, more: Partial<StoredResponse> = {}): StoredResponse => ({
  ...{ id, text: '{}', previous: undefined, context: NONE, background: undefined },
  ...more,
});
const conversation = (id: string, more: Partial<StoredConversation> = {}): StoredConversation => ({
  ...{ id, createdAt: 1, metadata: {}, items: [], context: NONE },
  ...more,
});
const body = (input: unknown) => Buffer.from(JSON.stringify({ input }));
const turn = { about: 'turn', previous: undefined, conversation: undefined, items: [], answers: [] } as const;
const about = (id: string) => ({ about: 'response', id, withTurns: true }) as const;
const keep = (store: SessionStore, kept: StoredResponse, input: unknown = 'hi') =>
  store.apply({ change: 'keep response', response: kept }, body(input));

test('a response is found with all turns of its chain, the earliest first', () => {
  const store = created();
  keep(store, response('resp_1', { text: '{"n":1}' }), 'one');
  keep(store, response('resp_2', { text: '{"n":2}', previous: 'resp_1' }), 'two');
  expect(store.find(about('resp_2'))).toMatchObject({
    is: 'response',
    turns: [
      { id: 'resp_1', input: 'one', answer: '{"n":1}' },
      { id: 'resp_2', input: 'two', answer: undefined },
    ],
  });
  store.apply({ change: 'delete response', id: 'resp_1' }, body(''));
  expect(store.find(about('resp_1'))).toEqual({ is: 'missing', what: 'response', id: 'resp_1' });
  expect(store.find(about('resp_2'))).toMatchObject({ turns: [{ id: 'resp_2' }] });
});

test('an item is known as long as its response or its conversation is', () => {
  const store = created();
  keep(store, response('resp_0123456789abcdef00', { text: '{"output":[{"id":"msg_0123456789abcdef01"}]}' }));
  store.apply({ change: 'keep conversation', conversation: conversation('conv_1', { items: [{ id: 'msg_a' }] }) }, body(''));
  const found = (id: string) => store.find({ ...turn, items: [id] }).is;
  expect([found('msg_0123456789abcdef01'), found('msg_a'), found('msg_b'), found('msg_0123456789abcdef02')]).toEqual([
    'turn',
    'turn',
    'missing',
    'missing',
  ]);
});

test('the oldest response is forgotten when there are more than a thousand', () => {
  const store = created();
  for (let n = 0; n <= 1_000; n++) keep(store, response(`resp_${n}`));
  expect([store.find(about('resp_0')).is, store.find(about('resp_1')).is]).toEqual(['missing', 'response']);
});

test('the oldest responses are forgotten when all are larger than 16 MiB together', () => {
  const store = created();
  const text = 'x'.repeat(5 * 1024 * 1024);
  for (const id of ['resp_1', 'resp_2', 'resp_3', 'resp_4']) keep(store, response(id, { text }));
  expect(['resp_1', 'resp_2', 'resp_3', 'resp_4'].map((id) => store.find(about(id)).is)).toEqual([
    'missing',
    'response',
    'response',
    'response',
  ]);
  store.apply({ change: 'delete response', id: 'resp_2' }, body(''));
  keep(store, response('resp_5', { text }));
  expect(store.find(about('resp_3')).is).toBe('response');
});

test('a conversation gains and loses items, and labels', () => {
  const store = created();
  const held = () => {
    const found = store.find({ about: 'conversation', id: 'conv_1', item: undefined });
    return found.is === 'conversation' ? found.conversation : undefined;
  };
  store.apply({ change: 'keep conversation', conversation: conversation('conv_1') }, body(''));
  const context = { tokens: 5, openCalls: ['call_1'] };
  store.apply({ change: 'add items', id: 'conv_1', items: [{ id: 'msg_1' }, { id: 'msg_2' }], context }, body(''));
  store.apply({ change: 'delete item', id: 'conv_1', item: 'msg_1' }, body(''));
  store.apply({ change: 'label conversation', id: 'conv_1', metadata: { a: 'b' } }, body(''));
  expect(held()).toEqual(conversation('conv_1', { items: [{ id: 'msg_2' }], context, metadata: { a: 'b' } }));
  expect(store.find({ about: 'conversation', id: 'conv_1', item: 'msg_1' })).toEqual({
    is: 'missing',
    what: 'item of the conversation',
    id: 'msg_1',
  });
  store.apply({ change: 'delete conversation', id: 'conv_1' }, body(''));
  expect(held()).toBeUndefined();
});

test('the oldest conversation is forgotten when there are more than a thousand', () => {
  const store = created();
  for (let n = 0; n <= 1_000; n++)
    store.apply({ change: 'keep conversation', conversation: conversation(`conv_${n}`) }, body(''));
  const found = (id: string) => store.find({ about: 'conversation', id, item: undefined }).is;
  expect([found('conv_0'), found('conv_1')]).toEqual(['missing', 'conversation']);
});
