import { expect, test } from 'vitest';
import { postChat, startMock } from '../support/start-mock.ts';

test('an agent loop is scripted turn by turn, and a rule strikes one turn of it (field cases F37, F38)', async () => {
  const mock = await startMock({
    replies: [
      { match: { turn: 1 }, tool_call: { name: 'find', arguments: { city: 'Paris' } } },
      { match: { tool_result: '*rain*' }, content: 'Take an umbrella.' },
      { content: 'Nothing more.' },
    ],
    rules: [{ match: { body: { '/user': 'b' }, last_role: 'tool' }, fault: 'overloaded' }],
  });
  const tools = [{ type: 'function', function: { name: 'find', parameters: { type: 'object', properties: {} } } }];
  const messages: object[] = [{ role: 'user', content: 'Weather?' }];
  const first = await (await postChat(mock, { messages, tools })).json();
  const { message } = first.choices[0];
  expect(message.tool_calls[0].function.name).toBe('find');
  messages.push(message, { role: 'tool', tool_call_id: message.tool_calls[0].id, content: 'rain' });
  expect((await (await postChat(mock, { messages, tools })).json()).choices[0].message.content).toBe('Take an umbrella.');
  expect((await postChat(mock, { messages, tools, user: 'b' })).status).toBe(503);
  messages.push({ role: 'assistant', content: 'Take an umbrella.' }, { role: 'user', content: 'Else?' });
  expect((await (await postChat(mock, { messages, tools, user: 'b' })).json()).choices[0].message.content).toBe('Nothing more.');
});
