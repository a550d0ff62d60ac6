import { expect, test } from 'vitest';
import {
  MAX_TURNS,
  ResponsesConversation,
} from '../../../../../../src/core/openai/endpoints/responses/socket/responses-conversation.ts';
import type { AskedTurn, SocketAction } from '../../../../../../src/core/openai/wire/socket-protocol.ts';

const create = (fields: object = {}) => JSON.stringify({ type: 'response.create', model: 'gpt-4o', input: 'Hello', ...fields });

function turnsOf(actions: readonly SocketAction[]): AskedTurn[] {
  return actions.flatMap((action) => (action.do === 'ask' ? [action.turn] : []));
}

function saidIn(actions: readonly SocketAction[]): Record<string, never>[] {
  return actions.flatMap((action) => (action.do === 'send' ? [JSON.parse(action.text)] : []));
}

/** Ends a turn as a response does that came to its end. */
function complete(conversation: ResponsesConversation, turn: number, id: string): readonly SocketAction[] {
  conversation.opened(turn, `{"type":"response.created","response":{"id":"${id}","object":"response"}}`);
  return conversation.ended(turn, true);
}

test('a frame becomes the body of the same request by POST', () => {
  const [turn] = turnsOf(new ResponsesConversation().receive(create({ stream_id: 'a', generate: false, stream: false }), 7));
  expect(JSON.parse(turn?.body ?? '')).toEqual({ model: 'gpt-4o', input: 'Hello', stream: true });
  expect(turn).toMatchObject({ number: 1, at: 7, lane: 'a', generates: false, continuesLast: false });
});

test('turns run one after the other where no lane is named', () => {
  const conversation = new ResponsesConversation();
  expect(turnsOf(conversation.receive(create(), 1))).toHaveLength(1);
  expect(turnsOf(conversation.receive(create(), 2))).toHaveLength(0);
  expect(conversation.openTurns).toBe(2);
  expect(turnsOf(complete(conversation, 1, 'resp_1'))).toMatchObject([{ number: 2, at: 2 }]);
  expect(turnsOf(complete(conversation, 2, 'resp_2'))).toEqual([]);
  expect(conversation.openTurns).toBe(0);
});

test('lanes do not wait for each other, turns of a lane do', () => {
  const conversation = new ResponsesConversation();
  expect(turnsOf(conversation.receive(create({ stream_id: 'a' }), 1))).toHaveLength(1);
  expect(turnsOf(conversation.receive(create({ stream_id: 'b' }), 2))).toHaveLength(1);
  expect(turnsOf(conversation.receive(create({ stream_id: 'a' }), 3))).toHaveLength(0);
  expect(turnsOf(conversation.ended(2, true))).toHaveLength(0);
  expect(turnsOf(conversation.ended(1, true))).toMatchObject([{ number: 3, lane: 'a' }]);
});

test('only the last response of the connection can be gone on from', () => {
  const conversation = new ResponsesConversation();
  conversation.receive(create(), 1);
  complete(conversation, 1, 'resp_1');
  const again = create({ previous_response_id: 'resp_1' });
  expect(turnsOf(conversation.receive(again, 2))).toMatchObject([{ continuesLast: true }]);
  complete(conversation, 2, 'resp_2');
  expect(turnsOf(conversation.receive(again, 3))).toMatchObject([{ continuesLast: false }]);
});

test('a turn that failed leaves nothing to go on from', () => {
  const conversation = new ResponsesConversation();
  conversation.receive(create(), 1);
  complete(conversation, 1, 'resp_1');
  conversation.receive(create({ temperature: 'hot' }), 2);
  conversation.ended(2, false);
  expect(turnsOf(conversation.receive(create({ previous_response_id: 'resp_1' }), 3))).toMatchObject([{ continuesLast: false }]);
});

test('a response that failed when it had begun leaves nothing to go on from either', () => {
  const conversation = new ResponsesConversation();
  conversation.receive(create(), 1);
  conversation.opened(1, '{"type":"response.created","response":{"id":"resp_1"}}');
  conversation.ended(1, false);
  expect(turnsOf(conversation.receive(create({ previous_response_id: 'resp_1' }), 2))).toMatchObject([{ continuesLast: false }]);
});

test.each([
  ['binary', undefined, { code: 'invalid_frame', param: null }],
  ['a list', '[]', { message: 'Invalid frame: expected an object, but got an array instead.' }],
  ['null', 'null', { message: 'Invalid frame: expected an object, but got null instead.' }],
  ['without a type', '{}', { message: "Missing required parameter: 'type'.", param: 'type' }],
  ['of a type that is no text', '{"type":1}', { code: 'invalid_type', param: 'type' }],
  [
    'of an unknown type',
    '{"type":"response.cancel"}',
    { message: "Invalid value: 'response.cancel'. Supported values are: 'response.create' and 'response.steer'." },
  ],
  ['in a lane that is no text', create({ stream_id: 1 }), { code: 'invalid_type', param: 'stream_id' }],
  ['in a lane without a name', create({ stream_id: '' }), { code: 'empty_string', param: 'stream_id' }],
  ['in a lane with a strange name', create({ stream_id: 'a b' }), { code: 'invalid_value', param: 'stream_id' }],
  ['in a lane with a long name', create({ stream_id: 'a'.repeat(257) }), { code: 'string_above_max_length' }],
])('a frame %s is refused, and the connection goes on', (_what, text, error) => {
  const conversation = new ResponsesConversation();
  const actions = conversation.receive(text, 1);
  expect(saidIn(actions)).toMatchObject([{ type: 'error', status: 400, error: { type: 'invalid_request_error', ...error } }]);
  expect(actions).toHaveLength(1);
  expect(conversation.openTurns).toBe(0);
});

test('the lane of a frame is told with what is wrong with it', () => {
  expect(saidIn(new ResponsesConversation().receive('{"type":"what","stream_id":"a.1"}', 1))).toMatchObject([
    { stream_id: 'a.1' },
  ]);
});

test.each(['{', '', 'hello', '{"type":"response.create",'])('%j is a request that is not JSON', (text) => {
  expect(turnsOf(new ResponsesConversation().receive(text, 1))).toMatchObject([{ body: text }]);
});

test('JSON that is nested too deep to be written is one, too', () => {
  const deep = `{"type":"response.create","input":${'['.repeat(50_000)}${']'.repeat(50_000)}}`;
  expect(turnsOf(new ResponsesConversation().receive(deep, 1))).toMatchObject([{ body: '' }]);
});

test('what is generated is asked of the request where it is no answer to that', () => {
  const [turn] = turnsOf(new ResponsesConversation().receive(create({ generate: 'no' }), 1));
  expect(JSON.parse(turn?.body ?? '')).toHaveProperty('generate', 'no');
  expect(turn?.generates).toBe(true);
});

test('no more turns are kept than there is room for', () => {
  const conversation = new ResponsesConversation();
  for (let turn = 0; turn < MAX_TURNS; turn++) expect(saidIn(conversation.receive(create(), turn))).toEqual([]);
  expect(saidIn(conversation.receive(create({ stream_id: 'a' }), 1))).toMatchObject([
    { status: 429, error: { type: 'mock_openai', code: 'too_many_turns' }, stream_id: 'a' },
  ]);
  conversation.ended(1, true);
  expect(saidIn(conversation.receive(create(), 1))).toEqual([]);
});

test('long turns that wait are fewer', () => {
  const conversation = new ResponsesConversation();
  const long = create({ input: 'a'.repeat(20 * 1024 * 1024) });
  expect(saidIn(conversation.receive(long, 1))).toEqual([]);
  expect(saidIn(conversation.receive(long, 2))).toEqual([]);
  expect(saidIn(conversation.receive(long, 3))).toMatchObject([{ error: { code: 'too_many_turns' } }]);
});

test('a connection that has lasted long enough is told so, and closed', () => {
  const actions = new ResponsesConversation().expire();
  expect(saidIn(actions)).toEqual([
    {
      type: 'error',
      status: 400,
      error: {
        type: 'invalid_request_error',
        code: 'websocket_connection_limit_reached',
        message: 'Responses websocket connection limit reached (60 minutes). Create a new websocket connection to continue.',
      },
    },
  ]);
  expect(actions.at(-1)).toEqual({ do: 'close', code: 1000, reason: '' });
});

test.each([
  ['is none of the connection', 'resp_9', 'response_not_found'],
  ['is over', 'resp_1', 'response_already_completed'],
  ['is under way', 'resp_2', 'steering_not_supported'],
  ['has no id', 7, 'invalid_input'],
])('a response that %s is not steered, and its input comes back', (_which, previous, code) => {
  const conversation = new ResponsesConversation();
  conversation.receive(create(), 1);
  complete(conversation, 1, 'resp_1');
  conversation.receive(create({ stream_id: 'a' }), 2);
  conversation.opened(2, '{"type":"response.created","response":{"id":"resp_2"}}');
  const steer = { type: 'response.steer', previous_response_id: previous, input: 'Shorter, please' };
  expect(saidIn(conversation.receive(JSON.stringify(steer), 3))).toEqual([
    {
      type: 'response.steer.failed',
      error: { type: 'invalid_request_error', code, message: expect.any(String) },
      sequence_number: 0,
      steer: { input: 'Shorter, please', previous_response_id: previous },
      ...(previous === 'resp_2' && { stream_id: 'a' }),
    },
  ]);
});

test.each(['', [], [{ role: 'developer', content: 'no' }], 7])('%j is no input to steer with', (input) => {
  const steer = { type: 'response.steer', previous_response_id: 'resp_1', input };
  expect(saidIn(new ResponsesConversation().receive(JSON.stringify(steer), 1))).toMatchObject([
    { error: { code: 'invalid_input' } },
  ]);
});
