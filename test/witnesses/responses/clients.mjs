/*
 * JavaScript clients of the Responses API, as their users have them. For each client and situation it prints a line of JSON:
 * [client, situation, what the client saw]. The environment says where: URLS is JSON, a base URL for each situation of a client.
 */
import { createOpenAI } from '@ai-sdk/openai';
import { ChatOpenAI } from '@langchain/openai';
import { Agent, OpenAIProvider, Runner, setTracingDisabled, tool } from '@openai/agents';
import * as ai from 'ai';
import OpenAI7 from 'openai';
import { zodTextFormat } from 'openai/helpers/zod';
import OpenAI6 from 'openai6';
import { z } from 'zod';

const { WHOLE = '' } = process.env;
/** Under `stall`: the limit of a client, where it has one, and how long it is watched. Elsewhere neither matters. */
const STALL = { timeout: Number(process.env.STALL_TIMEOUT_MS), watched: Number(process.env.STALL_WATCHED_MS) };
const PATIENT = { timeout: 60_000, watched: 60_000 };
const model = 'gpt-4o';
const apiKey = 'sk-test';
const input = 'Hello';
const Person = z.object({ name: z.string(), age: z.number() });
const isPerson = (value) => typeof value?.name === 'string' && typeof value.age === 'number';
const City = z.object({ city: z.string() });
const parameters = { type: 'object', properties: { city: { type: 'string' } }, required: ['city'], additionalProperties: false };

/** `answer` for the whole text; of less, how much there is and what else the client tells. */
function told(text, rest = '') {
  if (text === WHOLE) return 'answer';
  const much = text === '' ? 'nothing' : WHOLE.startsWith(text) ? 'part' : JSON.stringify(text);
  return rest === '' ? much : `${much}; ${rest}`;
}

/** The class of an error, its status and its code. */
function nameOf(error) {
  const name = error.name === 'Error' ? error.constructor.name : error.name;
  const code = typeof error.code === 'string' ? error.code : undefined;
  return [name, error.status ?? error.statusCode, code].filter((part) => part != null).join(' ');
}

/** The operations that did what they should; of the others, what they gave or threw. */
async function operations(all) {
  const results = [];
  for (const [name, operation] of Object.entries(all)) {
    const result = await operation().catch(nameOf);
    results.push(result === true || result === 'answer' ? name : `${name} (${result})`);
  }
  return results.join(', ');
}

/** What a stream gave until it ended or failed. */
async function read(textOf, stream, restOf = () => '') {
  let text = '';
  try {
    for await (const event of await stream) text += textOf(event) ?? '';
    return told(text, await restOf());
  } catch (error) {
    const thrown = nameOf(error);
    return text === WHOLE ? `answer; ${thrown}` : told(text, thrown);
  }
}

function openai(OpenAI) {
  const tools = [{ type: 'function', name: 'weather', parameters, strict: true }];
  const at = (baseURL, timeout) => new OpenAI({ baseURL, apiKey, timeout });
  const create = async ({ responses }) => told((await responses.create({ model, input })).output_text);
  const stream = ({ responses }) => {
    let last;
    const textOf = (event) => {
      last = event.type;
      return event.type === 'response.output_text.delta' ? event.delta : '';
    };
    return read(textOf, responses.create({ model, input, stream: true }), () => `ends after ${last}, no error`);
  };
  const helper = async ({ responses }) => {
    const { output_text: text, status } = await responses.stream({ model, input }).finalResponse();
    return told(text, `finalResponse() has status ${status}`);
  };
  const parse = async ({ responses }) => {
    const format = zodTextFormat(Person, 'person');
    return isPerson((await responses.parse({ model, input: 'A person', text: { format } })).output_parsed);
  };
  const background = async ({ responses }) => {
    let response = await responses.create({ model, input, background: true });
    while (['queued', 'in_progress'].includes(response.status)) response = await responses.retrieve(response.id);
    return told(response.output_text, response.status);
  };
  const conversations = async (client) => {
    const { id } = await client.conversations.create();
    await client.responses.create({ model, input, conversation: id });
    return (await client.conversations.items.list(id)).data.length === 2;
  };
  const all = { create, stream, parse, background, conversations };
  const called = ({ output }) => output.find(({ type }) => type === 'function_call');
  return {
    plain: {
      at,
      healthy: (client) => operations(bound(all, client)),
      tool: async ({ responses }) => {
        const first = await responses.create({ model, input: 'Weather?', tools });
        const items = [{ type: 'function_call_output', call_id: called(first).call_id, output: 'sunny' }];
        const next = await responses.create({ model, input: items, previous_response_id: first.id, tools });
        return `call, then ${told(next.output_text, next.status)}`;
      },
      limited: create,
      stream,
    },
    helper: {
      at,
      healthy: (client) => operations(bound({ 'responses.stream': helper }, client)),
      tool: async ({ responses }) => {
        const final = await responses.stream({ model, input: 'Weather?', tools }).finalResponse();
        return typeof JSON.parse(called(final).arguments).city === 'string' ? 'call' : final.status;
      },
      limited: helper,
      stream: helper,
    },
  };
}

function bound(all, client) {
  return Object.fromEntries(Object.entries(all).map(([name, operation]) => [name, async () => operation(client)]));
}

const aiSdk = {
  at: (baseURL, chunkMs) => ({ model: createOpenAI({ baseURL, apiKey })(model), timeout: { chunkMs } }),
  healthy: (client) =>
    operations({
      generateText: () => aiSdk.limited(client),
      streamText: () => aiSdk.stream(client),
      generateObject: async () => isPerson((await ai.generateObject({ ...client, prompt: 'A person', schema: Person })).object),
    }),
  tool: async (client) => {
    const weather = ai.tool({ description: 'weather', inputSchema: City, execute: async () => 'sunny' });
    const stopWhen = ai.stepCountIs(3);
    const { text, steps } = await ai.generateText({ ...client, prompt: 'Weather?', tools: { weather }, stopWhen });
    return `${steps[0].toolResults[0]?.output === 'sunny' ? 'call, then ' : ''}${told(text)}`;
  },
  limited: async (client) => told((await ai.generateText({ ...client, prompt: input })).text),
  stream: async (client) => {
    const errors = [];
    const onError = ({ error }) => errors.push(nameOf(error));
    const { textStream, finishReason } = ai.streamText({ ...client, prompt: input, onError });
    const reason = () => finishReason.then((value) => `finishReason ${value}`, nameOf);
    return read(
      (piece) => piece,
      textStream,
      async () => [...new Set([await reason(), ...errors])].join(', '),
    );
  },
};

setTracingDisabled(true);
globalThis.AI_SDK_LOG_WARNINGS = false;

const agents = {
  at: (baseURL, timeout) => {
    const openAIClient = new OpenAI7({ baseURL, apiKey, timeout });
    return new Runner({ modelProvider: new OpenAIProvider({ openAIClient }), tracingDisabled: true });
  },
  healthy: (runner) => operations({ run: () => agents.limited(runner), 'run with stream': () => agents.stream(runner) }),
  tool: async (runner) => {
    const weather = tool({ name: 'weather', description: 'weather', parameters: City, execute: async () => 'sunny' });
    const first = await runner.run(agent({ tools: [weather] }), 'Weather?');
    const isCalled = first.newItems.some(({ type, output }) => type === 'tool_call_output_item' && output === 'sunny');
    const second = await runner.run(Agent.create({ ...agent(), handoffs: [agent({ name: 'other' })] }), 'Hand over');
    const handed = second.lastAgent.name === 'other' ? 'hand-off, then ' : '';
    return `${isCalled ? 'call, then ' : ''}${told(first.finalOutput)}; ${handed}${told(second.finalOutput)}`;
  },
  limited: async (runner) => told((await runner.run(agent(), input)).finalOutput),
  stream: async (runner) => {
    const streamed = await runner.run(agent(), input, { stream: true });
    const final = () => streamed.completed.then(() => `finalOutput: ${told(streamed.finalOutput ?? '')}`);
    return read((piece) => piece, streamed.toTextStream(), final);
  },
};

function agent(more = {}) {
  return new Agent({ name: 'helper', instructions: 'Help', model, ...more });
}

const langchain = {
  at: (baseURL, timeout) => new ChatOpenAI({ model, apiKey, useResponsesApi: true, timeout, configuration: { baseURL } }),
  healthy: (chat) =>
    operations({
      invoke: () => langchain.limited(chat),
      stream: () => langchain.stream(chat),
      withStructuredOutput: async () => isPerson(await chat.withStructuredOutput(Person).invoke('A person')),
    }),
  tool: async (chat) => {
    const weather = { type: 'function', function: { name: 'weather', description: 'weather', parameters } };
    const { tool_calls: calls } = await chat.bindTools([weather]).invoke('Weather?');
    return typeof calls[0]?.args.city === 'string' ? 'call' : 'no call';
  },
  limited: async (chat) => told((await chat.invoke(input)).text),
  stream: (chat) => {
    let status;
    const textOf = (chunk) => {
      status = chunk.response_metadata.status ?? status;
      return chunk.text;
    };
    return read(textOf, chat.stream(input), () => `status ${status}, no error`);
  },
};

const [six, seven] = [openai(OpenAI6), openai(OpenAI7)];
const CLIENTS = {
  'openai 6': six.plain,
  'openai 6, responses.stream()': six.helper,
  'openai 7': seven.plain,
  'openai 7, responses.stream()': seven.helper,
  'AI SDK': aiSdk,
  'Agents SDK, JavaScript': agents,
  'LangChain, JavaScript': langchain,
};

/** What a client is asked to do in a situation. */
const ASKED = { healthy: 'healthy', tool: 'tool', limited: 'limited' };

async function see(name, situation, baseURL) {
  const client = CLIENTS[name];
  const asked = client[ASKED[situation] ?? 'stream'];
  const { timeout, watched } = situation === 'stall' ? STALL : PATIENT;
  const patience = new Promise((resolve) => setTimeout(resolve, watched, 'waits on'));
  const saw = await Promise.race([asked(client.at(baseURL, timeout)).catch(nameOf), patience]);
  process.stdout.write(`SEEN ${JSON.stringify([name, situation, saw])}\n`);
}

process.on('unhandledRejection', () => {});
const urls = Object.entries(JSON.parse(process.env.URLS ?? '{}'));
// The first request of a client loads the rest of it, and a busy process would look like a stall: each of both has a turn of its own.
const turnOf = (situation) => ({ healthy: 0, stall: 2 })[situation] ?? 1;
for (const turn of [0, 1, 2]) {
  const asked = urls.flatMap(([name, all]) => Object.entries(all).map(([situation, baseURL]) => [name, situation, baseURL]));
  await Promise.all(asked.filter(([, situation]) => turnOf(situation) === turn).map((one) => see(...one)));
}
process.exit(0);
