import { expect, onTestFinished, test } from 'vitest';
import { parse } from 'yaml';
import type { ScenarioInput } from '../../src/core/scenario/schema.ts';
import { createMockOpenAI } from '../../src/mock.ts';
import { readAnswer } from '../clients/good-client.ts';
import { type Driver, drive, type Received, type Sent } from '../support/drive.ts';
import { headerOf } from '../support/effects.ts';
import { pageText } from '../support/pages.ts';
import { postChat } from '../support/start-mock.ts';
import { type ClientTools, type VirtualClient, virtualWorld, type WorldOptions } from '../support/virtual-world.ts';

const PAGE = 'docs/gallery.md';
const BLOCK = /^```yaml scenario\n([\s\S]*?)^```$/m;

const gallery = new Map(
  pageText(PAGE)
    .split(/^### /m)
    .slice(1)
    .map((section) => [section.slice(0, section.indexOf('\n')), BLOCK.exec(section)?.[1]] as const),
);

/** The scenario under a heading. Throws an Error where there is none. */
function scenarioOf(heading: string): ScenarioInput {
  const text = gallery.get(heading);
  if (text === undefined) throw new Error(`${PAGE} has no scenario "${heading}"`);
  return parse(text);
}

/** What the verdict says of ten calls of a client. */
async function judged(heading: string, client: VirtualClient, options: Partial<WorldOptions> = {}) {
  const world = await virtualWorld({ scenario: scenarioOf(heading), client, calls: 10, staggerMs: 500, ...options });
  return {
    ...world.accused,
    verdict: world.verdict,
    answered: world.outcomes.filter(({ ok }) => ok).length,
    session: world.session,
    outcomes: world.outcomes,
  };
}

/** Sends the same so many times, `everyMs` apart. */
function answers(mock: Driver, times: number, { everyMs = 0, ...sent }: Sent & { readonly everyMs?: number } = {}): Received[] {
  return Array.from({ length: times }, (_, at) => {
    if (at > 0) mock.clock.advance(everyMs);
    return mock.send(sent);
  });
}

const statuses = (received: readonly Received[]) => received.map(({ status }) => status);
const STREAM = { fields: { stream: true } };

interface Chunk {
  readonly id: string;
  readonly choices: readonly { readonly delta?: object; readonly finish_reason: string | null }[];
}

/** The data of the events of a stream, without its sentinel. */
const chunksOf = ({ text }: Received) => [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json = '']) => JSON.parse(json) as Chunk);

/** Asks the same so many times; waits between the tries, twice as long each time, where `baseMs` says so. */
function askingAgain(tries: number, { baseMs = 0, isRetried = (status: number) => status >= 400 } = {}): VirtualClient {
  return async (tools) => {
    for (let attempt = 1; attempt <= tries; attempt++) {
      const { status, text } = await tools.request();
      if (!isRetried(status)) return text;
      if (baseMs > 0) await tools.sleep(baseMs * 2 ** (attempt - 1) * (0.5 + tools.random()));
    }
    throw new Error('no answer');
  };
}

/** Asks the second model, or with the second key, after a failure of the first. */
const goingOn =
  (first: Parameters<ClientTools['request']>[0], second: typeof first): VirtualClient =>
  async (tools) => {
    const answer = await tools.request(first).catch(() => undefined);
    if (answer?.status === 200) return answer.text;
    const { status, text } = await tools.request(second);
    if (status !== 200) throw new Error(String(status));
    return text;
  };
const givingUp: VirtualClient = async (tools) => {
  const { status, text } = await tools.request();
  if (status !== 200) throw new Error(String(status));
  return text;
};

/** What each scenario of the page promises. */
const promises: Record<string, () => void | Promise<void>> = {
  'A 200 without choices': () => {
    const [spoilt, healthy] = answers(drive(scenarioOf('A 200 without choices')), 2);
    expect(JSON.parse(spoilt?.text ?? '')).toMatchObject({ choices: [] });
    expect(readAnswer(healthy?.text ?? '')).not.toBe('');
  },
  'An error with status 200': async () => {
    const hammer = askingAgain(50, { isRetried: () => true });
    expect((await judged('An error with status 200', hammer)).fail).toContain('bounded_attempts');
  },
  'A good key is refused for a moment': async () => {
    const heading = 'A good key is refused for a moment';
    expect(statuses(answers(drive(scenarioOf(heading)), 2))).toEqual([401, 200]);
    const patient = await judged(heading, askingAgain(3, { baseMs: 500 }));
    expect([patient.verdict.verdict, patient.answered]).toEqual(['pass', 10]);
    expect((await judged(heading, givingUp)).fail).toContain('retries_transient');
  },
  'A model is missing for a moment': async () => {
    const heading = 'A model is missing for a moment';
    expect((await judged(heading, askingAgain(3, { baseMs: 500 }))).verdict.verdict).toBe('pass');
    expect((await judged(heading, askingAgain(5, { baseMs: 500 }))).fail).toContain('bounded_attempts');
  },
  'The first event has no choices': async () => {
    const heading = 'The first event has no choices';
    const [first, second, ...others] = chunksOf(drive(scenarioOf(heading)).send(STREAM));
    expect(first).toMatchObject({ id: '', choices: [] });
    expect(second?.choices[0]?.delta).toMatchObject({ role: 'assistant' });
    expect(others.at(-1)?.choices[0]?.finish_reason).toBe('stop');
    const { verdict, answered } = await judged(heading, askingAgain(1), { calls: 1 });
    expect([verdict.verdict, answered]).toEqual(['inconclusive', 1]);
  },
  'The end comes twice': () => {
    const chunks = chunksOf(drive(scenarioOf('The end comes twice')).send(STREAM));
    expect(chunks.slice(-3).map(({ choices }) => choices[0]?.finish_reason)).toEqual([null, 'stop', 'stop']);
  },
  'Two tool calls share an index': () => {
    const tools = [{ type: 'function', function: { name: 'get_weather', parameters: { type: 'object', properties: {} } } }];
    const chunks = chunksOf(drive(scenarioOf('Two tool calls share an index')).send({ fields: { stream: true, tools } }));
    const indices = chunks.flatMap(({ choices }) => {
      const { tool_calls = [] } = (choices[0]?.delta ?? {}) as { tool_calls?: { index: number }[] };
      return tool_calls.map(({ index }) => index);
    });
    expect(new Set(indices)).toEqual(new Set([0]));
  },
  'An event without a delta': () => {
    const [bare, end] = chunksOf(drive(scenarioOf('An event without a delta')).send(STREAM)).slice(-2);
    expect(bare?.id).toBe('');
    expect(bare?.choices[0]).not.toHaveProperty('delta');
    expect(end?.choices[0]?.finish_reason).toBe('stop');
  },
  'Comments while the model thinks': () => {
    const { effects } = drive(scenarioOf('Comments while the model thinks')).send(STREAM);
    const before = effects.slice(
      0,
      effects.findIndex((effect) => effect.type === 'write' && effect.event !== undefined),
    );
    const waitedMs = before.reduce((sum, effect) => sum + (effect.type === 'wait' ? effect.ms : 0), 0);
    expect(before[0]?.type).toBe('head');
    expect(waitedMs).toBe(3_000);
    const comments = before.flatMap((effect) => (effect.type === 'write' ? [String(effect.data)] : []));
    expect(comments).toHaveLength(2);
    for (const comment of comments) expect(comment).toContain(': PROCESSING');
  },
  'Two at once are one too many': async () => {
    const { session } = await judged('Two at once are one too many', givingUp, { calls: 2, staggerMs: 1_200 });
    expect(session.journal().map(({ status }) => status)).toEqual([200, 429]);
  },
  'A cap of the client’s own': async () => {
    const heading = 'A cap of the client’s own';
    const spread = await judged(heading, givingUp, { calls: 12, staggerMs: 600 });
    expect([spread.verdict.inFlight.most, spread.fail]).toEqual([4, []]);
    expect((await judged(heading, givingUp, { calls: 12, staggerMs: 100 })).fail).toEqual(['max_in_flight']);
  },
  'A block that counts down': () => {
    const refused = answers(drive(scenarioOf('A block that counts down')), 3, { everyMs: 2_000 });
    expect(refused.map((answer) => headerOf(answer, 'retry-after'))).toEqual(['10', '8', '6']);
  },
  'The first key is limited': async () => {
    const heading = 'The first key is limited';
    const pool = await judged(heading, goingOn({ key: 'sk-a' }, { key: 'sk-b' }), { named: false });
    expect([pool.answered, pool.fail]).toEqual([10, []]);
    const alone: VirtualClient = async (tools) => {
      if ((await tools.request({ key: 'sk-a' })).status !== 200) throw new Error('limited');
      return '';
    };
    expect((await judged(heading, alone)).fail).toContain('fails_over');
  },
  'The first model is down': async () => {
    const heading = 'The first model is down';
    const gateway = goingOn({}, { body: { model: 'gpt-4o-mini' } });
    const rescued = await judged(heading, gateway, { named: false });
    expect([rescued.answered, rescued.verdict.verdict]).toEqual([10, 'pass']);
    expect((await judged(heading, givingUp)).fail).toContain('fails_over');
  },
  'The account is out of credit': async () => {
    const heading = 'The account is out of credit';
    const job = await judged(heading, givingUp, { calls: 300, oneByOne: true, staggerMs: 1 });
    expect(job.fail).toContain('stops_at_a_wall');
  },
  'Five bad seconds of every thirty': () => {
    const asked = answers(drive(scenarioOf('Five bad seconds of every thirty')), 61, { everyMs: 1_000 });
    const bad = asked.flatMap(({ status }, second) => (status === 503 ? [second] : []));
    expect(bad).toEqual([0, 1, 2, 3, 4, 30, 31, 32, 33, 34, 60]);
  },
  'Errors that rise and fall': () => {
    const mock = drive(scenarioOf('Errors that rise and fall'));
    const failed = Array.from({ length: 600 }, (_, at) => {
      if (at > 0) mock.clock.advance(200);
      return mock.send({ content: `Hello ${at}` }).status === 500;
    });
    const share = (from: number, to: number) => failed.slice(from, to).filter(Boolean).length / (to - from);
    expect(share(0, 100)).toBeLessThan(share(250, 350));
    expect(share(500, 600)).toBeLessThan(share(250, 350));
  },
  'The limit falls': () => {
    const mock = drive(scenarioOf('The limit falls'));
    answers(mock, 500);
    mock.clock.advance(30_000);
    const refused = mock.send();
    expect([refused.status, headerOf(refused, 'x-ratelimit-limit-requests')]).toEqual([429, '100']);
  },
  'The server goes away': async () => {
    const mock = await createMockOpenAI({ scenario: scenarioOf('The server goes away') });
    onTestFinished(() => mock.close());
    const ask = () =>
      postChat(mock, {}).then(
        ({ status }) => status,
        () => 'refused',
      );
    expect(await ask()).toBe(200);
    await expect.poll(ask, { timeout: 10_000, interval: 100 }).toBe('refused');
    await expect.poll(ask, { timeout: 10_000, interval: 100 }).toBe(200);
  },
  'A tier that is refused': () => {
    const mock = drive(scenarioOf('A tier that is refused'));
    expect([mock.send({ fields: { service_tier: 'flex' } }).status, mock.send().status]).toEqual([429, 200]);
  },
  'An agent and its tools': () => {
    const mock = drive(scenarioOf('An agent and its tools'));
    const tools = ['find_city', 'get_weather'].map((name) => ({
      type: 'function',
      function: { name, parameters: { type: 'object', properties: {} } },
    }));
    const messages: object[] = [{ role: 'user', content: 'Weather in Paris?' }];
    const said: unknown[] = [];
    for (let request = 0; request < 4; request++) {
      const { status, text } = mock.send({ fields: { tools, messages } });
      if (status !== 200) {
        said.push(status);
        continue;
      }
      const { message } = JSON.parse(text).choices[0];
      const [call] = message.tool_calls ?? [];
      said.push(call?.function.name ?? message.content);
      messages.push(message, { role: 'tool', tool_call_id: call?.id, content: '7 degrees' });
    }
    expect(said).toEqual(['find_city', 500, 'get_weather', 'The weather: 7 degrees.']);
  },
  'A stream that is taken up again': async () => {
    const heading = 'A stream that is taken up again';
    const resuming: VirtualClient = async (tools) => {
      const ask = (messages: object[]) => tools.request({ body: { stream: true, messages } });
      const question = { role: 'user', content: tools.prompt };
      const first = await ask([question]).catch((error: { partial: string }) => error.partial);
      const begun = textIn(typeof first === 'string' ? first : first.text);
      const rest = await ask([question, { role: 'assistant', content: begun }]);
      return begun + textIn(rest.text);
    };
    const { session, verdict, outcomes } = await judged(heading, resuming, { calls: 1 });
    expect(outcomes[0]?.text).toBe('Once upon a time there was a mock that went on where it had been cut.');
    const [cut, resumed] = session.journal();
    expect(resumed).toMatchObject({ attemptSeq: 2, logicalId: cut?.logicalId });
    expect(verdict.findings.find(({ rule }) => rule === 'no_silent_replay')?.verdict).toBe('pass');
  },
  'A client of another server': () => {
    const asked = answers(drive(scenarioOf('A client of another server')), 2, { fields: { top_k: 40 } });
    expect(statuses(asked)).toEqual([429, 200]);
  },
  'What the gateway sent': async () => {
    const mock = await createMockOpenAI({ scenario: scenarioOf('What the gateway sent') });
    onTestFinished(() => mock.close());
    await postChat(mock, { temperature: 0.5 }, { 'x-team': 'search' });
    await mock.idle();
    expect(mock.journal()[0]?.recorded?.request).toMatchObject({ headers: { 'x-team': 'search' } });
    expect(JSON.parse(String(mock.journal()[0]?.recorded?.request?.body))).toMatchObject({ temperature: 0.5 });
    expect(JSON.stringify(mock.journal())).not.toContain(mock.apiKey);
  },
};

/** The text that the events of a stream carry, also where it breaks off. */
function textIn(stream: string): string {
  return [...stream.matchAll(/^data: (\{.*\})$/gm)]
    .map(([, json = '']) => JSON.parse(json).choices[0]?.delta?.content ?? '')
    .join('');
}

test('the gallery has twenty scenarios and more, and each has its test', () => {
  expect(gallery.size).toBeGreaterThanOrEqual(20);
  expect([...gallery.keys()]).toEqual(Object.keys(promises));
});

test.each(Object.entries(promises))('%s: the scenario does what the page says', (_heading, keepsPromise) => keepsPromise());
