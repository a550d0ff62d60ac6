import { expect, test } from 'vitest';
import { type Driver, drive } from '../support/drive.ts';

type Event = {
  readonly id?: string;
  readonly choices: readonly { readonly delta?: object; readonly finish_reason?: string | null }[];
};

/** The events of a stream of chat, `[DONE]` as it stands. */
function eventsOf(mock: Driver, fields: object = {}): (Event | string)[] {
  const { text } = mock.send({ fields: { stream: true, ...fields } });
  const data = text.split('\n\n').flatMap((block) => (block.startsWith('data: ') ? [block.slice('data: '.length)] : []));
  return data.map((each) => (each === '[DONE]' ? each : (JSON.parse(each) as Event)));
}

const under = (edit: string, replies = '[{ content: Hello there. }]') =>
  drive(`replies: ${replies}\nrules: [{ match: { stream: true }, fault: { edited_stream: ${edit} } }]`);

const plain = eventsOf(drive('replies: [{ content: Hello there. }]'));

test('before an ordinary stream comes an event without choices, with the results of a filter and no id (field case F07)', () => {
  const first = { choices: [], created: 0, id: '', model: '', object: '', prompt_filter_results: [{ prompt_index: 0 }] };
  const mock = under(`{ at: first, do: insert, event: ${JSON.stringify(first)}, legal: true }`);
  expect(eventsOf(mock)).toEqual([first, ...plain]);
  expect(mock.engine.defaultSession.journal()).toMatchObject([{ status: 200, retryable: false }]);
});

test('the event that ends the answer comes twice, the second with nothing in it, and no tool is lost (field case F08)', () => {
  const again = { choices: [{ index: 0, delta: {}, finish_reason: 'tool_calls' }] };
  const tools = '[{ tool_call: { name: get_weather, arguments: { city: Paris } } }]';
  const fields = {
    tools: [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } }],
  };
  const events = eventsOf(under(`{ at: last, do: insert, event: ${JSON.stringify(again)}, legal: true }`, tools), fields);
  const ends = events.filter((each) => typeof each === 'object' && each.choices[0]?.finish_reason === 'tool_calls');
  expect(ends).toHaveLength(2);
  expect(events.slice(-2)).toEqual([again, '[DONE]']);
  expect(events.slice(0, -2)).toEqual(eventsOf(drive(`replies: ${tools}`), fields).slice(0, -1));
  const twice = eventsOf(under('{ at: finish, do: repeat }'));
  expect(twice.slice(-3, -1)).toEqual([plain.at(-2), plain.at(-2)]);
});

test('between content and end comes an event without a delta and with an empty id (field case F11)', () => {
  const event = { id: '', object: 'chat.completion.chunk', choices: [{ index: 0, finish_reason: null }] };
  const events = eventsOf(under(`{ at: finish, do: insert, event: ${JSON.stringify(event)}, legal: true }`));
  expect(events).toEqual([...plain.slice(0, -2), event, ...plain.slice(-2)]);
});
