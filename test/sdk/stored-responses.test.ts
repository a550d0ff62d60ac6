import OpenAI, { BadRequestError, NotFoundError } from 'openai';
import { describe, expect, test } from 'vitest';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { startMock } from '../support/start-mock.ts';

/* The official client as a witness of what is kept between requests. */

async function clientOf(scenario: ScenarioInput | string = 'healthy'): Promise<OpenAI> {
  const { baseURL, apiKey } = await startMock(scenario);
  return new OpenAI({ baseURL, apiKey, maxRetries: 0 });
}

const MODEL = 'gpt-4o-mini';
const ask = (input: string) => ({ model: MODEL, input });
const keyIn = (id: string) => id.slice(id.indexOf('_') + 1, id.indexOf('_') + 17);

async function listed<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const each of pages) all.push(each);
  return all;
}

describe('a response', () => {
  test('is retrieved as it was sent, and gone when it is deleted', async () => {
    const client = await clientOf();
    const sent = await client.responses.create(ask('Hello'));
    expect(await client.responses.retrieve(sent.id)).toEqual(sent);
    await client.responses.delete(sent.id);
    await expect(client.responses.retrieve(sent.id)).rejects.toThrow(`404 Response with id '${sent.id}' not found.`);
  });

  test('that was streamed is retrieved, too', async () => {
    const client = await clientOf();
    const stream = client.responses.stream(ask('Hello'));
    const final = await stream.finalResponse();
    const {
      output_text: _text,
      parsed: _parsed,
      ...kept
    } = (await client.responses.retrieve(final.id)) as never as Record<string, unknown>;
    expect(kept).toMatchObject({ id: final.id, status: 'completed', temperature: 1, billing: { payer: 'developer' } });
    expect(kept['output']).toMatchObject([{ content: [{ type: 'output_text', text: final.output_text }] }]);
  });

  test('that was not to be stored is nowhere', async () => {
    const client = await clientOf();
    const sent = await client.responses.create({ ...ask('Hello'), store: false });
    await expect(client.responses.retrieve(sent.id)).rejects.toThrow(NotFoundError);
    const next = client.responses.create({ ...ask('And?'), previous_response_id: sent.id });
    await expect(next).rejects.toMatchObject({ status: 400, code: 'previous_response_not_found', param: 'previous_response_id' });
  });

  test('goes on where another ended: with its key, and with all tokens that were said', async () => {
    const client = await clientOf();
    const first = await client.responses.create(ask('Hello, how are you?'));
    const alone = await client.responses.create(ask('And?'));
    const second = await client.responses.create({ ...ask('And?'), previous_response_id: first.id });
    expect([keyIn(second.id), keyIn(second.output[0]?.id ?? '')]).toEqual([keyIn(first.id), keyIn(first.id)]);
    expect(second.usage?.input_tokens).toBe((first.usage?.total_tokens ?? 0) + (alone.usage?.input_tokens ?? 0));
    expect(second.previous_response_id).toBe(first.id);
  });

  test('lists what the model was given, page by page', async () => {
    const client = await clientOf();
    const first = await client.responses.create(ask('one'));
    const second = await client.responses.create({ ...ask('two'), previous_response_id: first.id });
    const items = await listed(client.responses.inputItems.list(second.id, { order: 'asc', limit: 1 }));
    expect(items).toMatchObject([
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'one' }] },
      { id: first.output[0]?.id, role: 'assistant' },
      { type: 'message', role: 'user', content: [{ type: 'input_text', text: 'two' }] },
    ]);
    const newest = await client.responses.inputItems.list(second.id, { limit: 1 });
    expect([newest.data.length, newest.has_more, newest.data[0]?.id]).toEqual([1, true, items[2]?.id]);
    await expect(client.responses.inputItems.list(second.id, { limit: 1000 })).rejects.toThrow(
      "400 Invalid 'limit': integer above maximum value. Expected a value <= 100, but got 1000 instead.",
    );
  });

  test('is polled by calls of their own, each with one attempt', async () => {
    const mock = await startMock({ rules: [{ match: { endpoint: 'responses' }, attempts: 1, fault: 'overloaded' }] });
    const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 1 });
    const { id } = await client.responses.create(ask('Hello'));
    await client.responses.retrieve(id);
    await client.responses.retrieve(id);
    await client.responses.delete(id);
    await mock.idle();
    expect(mock.calls().map(({ attempts }) => attempts.map(({ status }) => status))).toEqual([[503, 200], [200], [200], [200]]);
    expect(mock.journal().map(({ endpoint }) => endpoint)).toEqual([
      ...['responses', 'responses', 'responses.retrieve', 'responses.retrieve', 'responses.delete'],
    ]);
  });

  test('that a fault answers in place of the service leaves nothing behind', async () => {
    const mock = await startMock({ rules: [{ match: { endpoint: 'responses.delete' }, first: 1, fault: 'server_error' }] });
    const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
    const { id } = await client.responses.create(ask('Hello'));
    await expect(client.responses.delete(id)).rejects.toThrow('500');
    expect((await client.responses.retrieve(id)).id).toBe(id);
    await client.responses.delete(id);
    await expect(client.responses.retrieve(id)).rejects.toThrow(NotFoundError);
  });

  test('does not fit where all that was said is longer than the window', async () => {
    const client = await clientOf({ models: [{ id: 'small', context_window: 60 }], replies: [{ tokens: 40 }] });
    const first = await client.responses.create({ model: 'small', input: 'Hello' });
    const next = { model: 'small', input: 'And what happened then, please?', previous_response_id: first.id };
    await expect(client.responses.create(next)).rejects.toMatchObject({
      status: 400,
      code: 'context_length_exceeded',
      param: 'input',
    });
    expect((await client.responses.create({ ...next, truncation: 'auto' })).status).toBe('completed');
  });

  test('that called a tool wants its output next', async () => {
    const client = await clientOf({ replies: [{ match: { prompt: 'weather' }, tool_call: { name: 'f', arguments: {} } }] });
    const tools = [{ type: 'function' as const, name: 'f', parameters: { type: 'object', properties: {} }, strict: false }];
    const first = await client.responses.create({ ...ask('weather'), tools });
    const [call] = first.output;
    if (call?.type !== 'function_call') throw new Error('the model called nothing');
    const next = (input: OpenAI.Responses.ResponseInput) =>
      client.responses.create({ model: MODEL, tools, previous_response_id: first.id, input });
    await expect(next([{ role: 'user', content: 'And?' }])).rejects.toThrow(
      `No tool output found for function call ${call.call_id}.`,
    );
    const output = (callId: string) => ({ type: 'function_call_output' as const, call_id: callId, output: 'sunny' });
    await expect(next([output('call_x')])).rejects.toThrow('No tool call found for function call output with call_id call_x.');
    expect((await next([output(call.call_id)])).status).toBe('completed');
  });

  test('is forgotten when the session begins anew', async () => {
    const mock = await startMock('healthy');
    const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey, maxRetries: 0 });
    const { id } = await client.responses.create(ask('Hello'));
    mock.reset();
    await expect(client.responses.retrieve(id)).rejects.toThrow(NotFoundError);
  });

  test('refers to items by their ids', async () => {
    const client = await clientOf();
    const first = await client.responses.create(ask('Hello'));
    const refer = (id: string) =>
      client.responses.create({
        model: MODEL,
        input: [
          { type: 'item_reference', id },
          { role: 'user', content: 'And?' },
        ],
      });
    expect((await refer(first.output[0]?.id ?? '')).status).toBe('completed');
    await expect(refer('msg_0')).rejects.toThrow("404 Item with id 'msg_0' not found. Items are not persisted");
  });
});

describe('a response in the background', () => {
  const slow: ScenarioInput = { latency: { ttft: '150ms', inter_token: '5ms' }, replies: [{ tokens: 40 }] };

  test('is queued, in progress, and completed', async () => {
    const client = await clientOf(slow);
    const queued = await client.responses.create({ ...ask('Hello'), background: true });
    expect(queued).toMatchObject({ status: 'queued', background: true, output: [], usage: null, completed_at: null });
    const seen = new Set([queued.status]);
    let response = queued;
    while (response.status === 'queued' || response.status === 'in_progress') {
      response = await client.responses.retrieve(queued.id);
      seen.add(response.status);
    }
    expect([...seen]).toEqual(['queued', 'in_progress', 'completed']);
    expect(response.usage?.output_tokens).toBe(40);
  });

  test('is cancelled, once and again, until it is finished', async () => {
    const client = await clientOf({ latency: { ttft: '1h' } });
    const { id } = await client.responses.create({ ...ask('Hello'), background: true });
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
    expect((await client.responses.cancel(id)).status).toBe('cancelled');
    expect(await client.responses.retrieve(id)).toMatchObject({ status: 'cancelled', output: [] });
    const quick = await clientOf();
    const finished = await quick.responses.create({ ...ask('Hello'), background: true });
    await expect(quick.responses.cancel(finished.id)).rejects.toThrow('400 Cannot cancel a completed response.');
    const awaited = await quick.responses.create(ask('Hello'));
    await expect(quick.responses.cancel(awaited.id)).rejects.toThrow('400 Cannot cancel a synchronous response.');
    await expect(quick.responses.cancel('resp_0')).rejects.toThrow("404 Response with id 'resp_0' not found.");
  });

  test('is streamed, and its stream is taken up where it was left', async () => {
    const client = await clientOf(slow);
    const stream = await client.responses.create({ ...ask('Hello'), background: true, stream: true });
    const seen: OpenAI.Responses.ResponseStreamEvent[] = [];
    for await (const event of stream) {
      seen.push(event);
      if (seen.length === 10) break;
    }
    const [created] = seen;
    if (created?.type !== 'response.created') throw new Error('the stream begins otherwise');
    expect(seen.slice(0, 3).map(({ type }) => type)).toEqual(['response.created', 'response.queued', 'response.in_progress']);
    expect(created.response.status).toBe('queued');
    const rest = await client.responses.retrieve(created.response.id, { stream: true, starting_after: 9 });
    for await (const event of rest) seen.push(event);
    expect(seen.map(({ sequence_number: number }) => number)).toEqual(seen.map((_event, index) => index));
    expect(seen.at(-1)).toMatchObject({ type: 'response.completed', response: { id: created.response.id } });
    const text = seen.map((event) => (event.type === 'response.output_text.delta' ? event.delta : '')).join('');
    expect((await client.responses.retrieve(created.response.id)).output_text).toBe(text);
  });

  test('cannot be streamed where no stream was asked for, nor kept where it is not stored', async () => {
    const client = await clientOf();
    const { id } = await client.responses.create({ ...ask('Hello'), background: true });
    await expect(client.responses.retrieve(id, { stream: true })).rejects.toThrow(BadRequestError);
    await expect(client.responses.create({ ...ask('Hello'), background: true, store: false })).rejects.toThrow(BadRequestError);
  });
});

describe('a conversation', () => {
  test('is made, labelled, and deleted', async () => {
    const client = await clientOf();
    const made = await client.conversations.create({ metadata: { topic: 'x' } });
    expect(made).toMatchObject({ object: 'conversation', metadata: { topic: 'x' } });
    expect(made.id).toMatch(/^conv_[0-9a-f]{48}$/);
    expect(await client.conversations.update(made.id, { metadata: { topic: 'y' } })).toEqual({
      ...made,
      metadata: { topic: 'y' },
    });
    expect(await client.conversations.retrieve(made.id)).toMatchObject({ metadata: { topic: 'y' } });
    expect(await client.conversations.delete(made.id)).toEqual({ id: made.id, object: 'conversation.deleted', deleted: true });
    await expect(client.conversations.retrieve(made.id)).rejects.toThrow(`404 Conversation with id '${made.id}' not found.`);
  });

  test('has the items that were given, and those of its responses', async () => {
    const client = await clientOf();
    const { id } = await client.conversations.create({ items: [{ type: 'message', role: 'user', content: 'first' }] });
    const added = await client.conversations.items.create(id, { items: [{ type: 'message', role: 'user', content: 'second' }] });
    const answer = await client.responses.create({ ...ask('third'), conversation: id });
    expect(answer.conversation).toEqual({ id });
    expect(keyIn(answer.id)).toBe(id.slice(-16));
    const items = await listed(client.conversations.items.list(id, { order: 'asc' }));
    expect(items).toMatchObject([
      { type: 'message', status: 'completed', content: [{ type: 'input_text', text: 'first' }], role: 'user' },
      { id: added.data[0]?.id },
      { content: [{ text: 'third' }] },
      { id: answer.output[0]?.id, role: 'assistant' },
    ]);
    const item = added.data[0]?.id ?? '';
    expect(await client.conversations.items.retrieve(item, { conversation_id: id })).toEqual(added.data[0]);
    await client.conversations.items.delete(item, { conversation_id: id });
    await expect(client.conversations.items.retrieve(item, { conversation_id: id })).rejects.toThrow(
      `404 Item with id '${item}' not found in conversation.`,
    );
    await expect(client.conversations.items.list('conv_0')).rejects.toThrow("404 Conversation with id 'conv_0' not found.");
  });

  test('is one turn at a time', async () => {
    const client = await clientOf({ latency: { ttft: '300ms' } });
    const { id } = await client.conversations.create();
    const both = await Promise.allSettled([
      client.responses.create({ ...ask('one'), conversation: id }),
      client.responses.create({ ...ask('two'), conversation: id }),
    ]);
    expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(both.find((each) => each.status === 'rejected')?.reason).toMatchObject({
      status: 400,
      code: 'conversation_locked',
      param: 'conversation',
    });
    expect((await client.responses.create({ ...ask('two'), conversation: id })).status).toBe('completed');
  });
});

test('the tokens of an input are counted as they are of a response', async () => {
  const client = await clientOf();
  const { usage } = await client.responses.create(ask('Hello, how are you?'));
  expect(await client.responses.inputTokens.count(ask('Hello, how are you?'))).toMatchObject({
    object: 'response.input_tokens',
    input_tokens: usage?.input_tokens,
  });
});

test('a compaction keeps what the user said, and is an input', async () => {
  const client = await clientOf();
  const compacted = await client.responses.compact({
    model: MODEL,
    input: [
      { role: 'user', content: 'Hello' },
      { role: 'assistant', content: 'Hi' },
    ],
  });
  expect(compacted).toMatchObject({ object: 'response.compaction', output: [{ role: 'user' }, { type: 'compaction' }] });
  const next = await client.responses.create({
    model: MODEL,
    input: [...(compacted.output as never[]), { role: 'user', content: 'And?' }],
  });
  expect(next.status).toBe('completed');
});
