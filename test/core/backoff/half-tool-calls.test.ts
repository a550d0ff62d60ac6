import { describe, expect, test } from 'vitest';
import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import { type Api, type ClientTools, type VirtualClient, virtualWorld } from '../../support/virtual-world.ts';

type Parsed = ReturnType<typeof JSON.parse>;

interface Called {
  readonly id: string;
  readonly arguments: string;
}

const PARAMETERS = { type: 'object', properties: { city: { type: 'string' } } };
const TOOLS = {
  chat: [{ type: 'function', function: { name: 'find', parameters: PARAMETERS } }],
  responses: [{ type: 'function', name: 'find', parameters: PARAMETERS }],
};

/** The calls in an answer, in one piece or as a stream, put together by id. */
function callsIn(text: string): Called[] {
  const parts: Parsed[] = text.startsWith('{')
    ? [JSON.parse(text)]
    : [...text.matchAll(/^data: (\{.*)$/gm)].map(([, data = '']) => JSON.parse(data));
  const calls: { id: string; arguments: string }[] = [];
  for (const part of parts) {
    for (const call of part.choices?.[0]?.message?.tool_calls ?? part.choices?.[0]?.delta?.tool_calls ?? []) {
      if (call.id !== undefined) calls.push({ id: call.id, arguments: '' });
      const last = calls.at(-1);
      if (last !== undefined) last.arguments += call.function.arguments;
    }
    for (const item of part.output ?? [])
      if (item.type === 'function_call') calls.push({ id: item.call_id, arguments: item.arguments });
    if (part.type === 'response.output_item.added' && part.item.type === 'function_call') {
      calls.push({ id: part.item.call_id, arguments: '' });
    }
    const last = calls.at(-1);
    if (part.type === 'response.function_call_arguments.delta' && last !== undefined) last.arguments += part.delta;
  }
  return calls;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** What an agent does with the calls of an answer; `broke` says that the connection broke. Undefined: it asks again. */
type Handling = (
  calls: readonly Called[],
  broke: boolean,
) => readonly { readonly id: string; readonly result: string }[] | undefined;

const running = (calls: readonly Called[]) => calls.map(({ id }) => ({ id, result: 'Sunny, 25 °C' }));

const HANDLINGS = {
  'runs what it has': running,
  'runs what it can mend': (calls) => running(calls.filter(({ arguments: given }) => given.startsWith('{'))),
  'runs the calls of a broken stream, too, and asks again where there are none': (calls, broke) =>
    calls.length === 0 && broke ? undefined : running(calls),
  'runs what is JSON, and tells the model of the rest': (calls, broke) =>
    broke
      ? undefined
      : calls.map(({ id, arguments: given }) => ({ id, result: isJson(given) ? 'Sunny.' : 'error: the arguments are not JSON' })),
  'asks again where anything is not JSON': (calls, broke) =>
    broke || calls.some(({ arguments: given }) => !isJson(given)) ? undefined : running(calls),
  'gives up': (calls, broke) => {
    if (broke || calls.some(({ arguments: given }) => !isJson(given))) throw new Error('broken call');
    return running(calls);
  },
} as const satisfies Record<string, Handling>;

/** An agent that offers a function, and goes on until it gets a text. */
function agent(handle: Handling, api: Api, stream: boolean): VirtualClient {
  return async (tools) => {
    const said: Parsed[] = [];
    for (let turn = 0; turn < 6; turn++) {
      const { text, broke } = await asked(tools, { api, stream, said });
      const calls = callsIn(text);
      if (calls.length === 0 && !broke) return text;
      const results = handle(calls, broke);
      if (results === undefined) await tools.sleep(500 + 500 * tools.random());
      else said.push(...(api === 'chat' ? chatTurn(calls, results) : responsesTurn(calls, results)));
    }
    throw new Error('no answer');
  };
}

async function asked(tools: ClientTools, { api, stream, said }: { api: Api; stream: boolean; said: readonly Parsed[] }) {
  const first = { role: 'user', content: tools.prompt };
  const conversation = api === 'chat' ? { messages: [first, ...said] } : { input: [first, ...said] };
  try {
    const { text } = await tools.request({ body: { ...conversation, stream, tools: TOOLS[api] } });
    return { text, broke: false };
  } catch (error) {
    return { text: (error as { partial?: string }).partial ?? '', broke: true };
  }
}

function chatTurn(calls: readonly Called[], results: readonly { id: string; result: string }[]): Parsed[] {
  const made = calls.map(({ id, arguments: given }) => ({ id, type: 'function', function: { name: 'find', arguments: given } }));
  return [
    { role: 'assistant', content: null, tool_calls: made },
    ...results.map(({ id, result }) => ({ role: 'tool', tool_call_id: id, content: result })),
  ];
}

function responsesTurn(calls: readonly Called[], results: readonly { id: string; result: string }[]): Parsed[] {
  return [
    ...calls.map(({ id, arguments: given }) => ({ type: 'function_call', call_id: id, name: 'find', arguments: given })),
    ...results.map(({ id, result }) => ({ type: 'function_call_output', call_id: id, output: result })),
  ];
}

async function ruling(handling: keyof typeof HANDLINGS, fault: object | string, api: Api = 'chat', stream = true) {
  const scenario = {
    replies: [
      { match: { has_tools: true }, tool_call: { name: 'find', arguments: { city: 'Paris', days: 3 } } },
      { content: 'Sunny.' },
    ],
    rules: [{ attempts: 1, times: 2, fault }],
  } as ScenarioInput;
  const { verdict } = await virtualWorld({
    scenario,
    client: agent(HANDLINGS[handling], api, stream),
    api,
    calls: 2,
    named: false,
  });
  return verdict.findings.find(({ rule }) => rule === 'half_tool_call_not_run');
}

const BROKEN = [
  ['cut', { broken_tool_call: { how: 'cut' } }],
  ['malformed', { broken_tool_call: { how: 'malformed' } }],
  ['a stream that breaks off', { truncated_stream: { after_chunks: 2, end: 'reset' } }],
] as const;

const BAD = [
  'runs what it has',
  'runs what it can mend',
  'runs the calls of a broken stream, too, and asks again where there are none',
] as const;
const GOOD = ['runs what is JSON, and tells the model of the rest', 'asks again where anything is not JSON', 'gives up'] as const;

describe.each(['chat', 'responses'] as const)('%s', (api) => {
  describe.each(BROKEN)('arguments that are %s', (_what, fault) => {
    test.each(BAD)('fail an agent that %s', async (handling) => {
      const finding = await ruling(handling, fault, api);
      expect(finding?.verdict).toBe('fail');
      expect(finding?.evidence[0]?.line).toMatch(/brings the result of call_\w+, which went out broken with request 1$/);
    });

    test.each(GOOD)('leave an agent alone that %s', async (handling) => {
      expect(await ruling(handling, fault, api)).toMatchObject({ verdict: 'pass' });
    });
  });

  test.each([
    ['of a call whose name is not known', { broken_tool_call: { how: 'unknown_tool' } }],
    ['of a call without arguments', { broken_tool_call: { how: 'empty_arguments' } }],
    ['of two calls with one id', { broken_tool_call: { how: 'repeated_id' } }],
    ['of two calls with one index, told apart by id', { broken_tool_call: { how: 'same_index' } }],
    ['of healthy calls', { latency: '10ms' }],
  ] as const)('the result %s is no breach', async (_what, fault) => {
    expect(await ruling('runs what it has', fault, api)).toMatchObject({ verdict: 'not_applicable' });
  });
});

test('in one piece, two calls that were put together as one are not to be run', async () => {
  expect(await ruling('runs what it has', { broken_tool_call: { how: 'same_index' } }, 'chat', false)).toMatchObject({
    verdict: 'fail',
  });
});
