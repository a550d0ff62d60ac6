/** A request that costs much: as much as is allowed of one thing, or more. */
export interface HeavyBody {
  readonly name: string;
  readonly path: string;
  readonly body: string;
  /** Default: one that says nothing. */
  readonly scenario?: string;
}

const list = <T>(length: number, make: (index: number) => T): T[] => Array.from({ length }, (_, index) => make(index));
const keyed = (length: number, make: (index: number) => unknown) =>
  Object.fromEntries(list(length, (index) => [`k${index}`, make(index)]));

const chat = (name: string, fields: object): HeavyBody => ({
  name,
  path: '/v1/chat/completions',
  body: JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }], ...fields }),
});
const completion = (name: string, fields: object): HeavyBody => ({
  name,
  path: '/v1/completions',
  body: JSON.stringify({ model: 'gpt-3.5-turbo-instruct', prompt: 'a', ...fields }),
});
const responses = (name: string, fields: object): HeavyBody => ({
  name,
  path: '/v1/responses',
  body: JSON.stringify({ model: 'gpt-4o', input: 'Hello', ...fields }),
});
const unchecked = (name: string, fields: object): HeavyBody => ({ ...chat(name, fields), scenario: 'validation: off' });
const said = (name: string, content: unknown, fields: object = {}) =>
  chat(name, { messages: [{ role: 'user', content }], ...fields });

const tool = (name: string, parameters: object) => ({ type: 'function', function: { name, parameters } });
const offered = (name: string, parameters: object) => ({ type: 'function', name, parameters });
const object = (properties: object, more: object = {}) => ({ type: 'object', properties, ...more });
const largeArray = object({ a: { type: 'array', items: { type: 'integer' }, minItems: 99_990 } }, { required: ['a'] });
const answering = (schema: object) => ({ response_format: { type: 'json_schema', json_schema: { name: 's', schema } } });

/** What a client may send to make one request cost as much as it can. */
export const HEAVY_BODIES: readonly HeavyBody[] = [
  // Choices, prompts and log probabilities.
  chat('128 choices', { n: 128 }),
  chat('128 choices with log probabilities', { n: 128, logprobs: true, top_logprobs: 20 }),
  chat('128 choices with log probabilities in a stream', { n: 128, logprobs: true, top_logprobs: 20, stream: true }),
  completion('2,048 prompts', { prompt: list(2_048, () => 'a') }),
  completion('2,048 prompts × 58 choices', { prompt: list(2_048, () => 'a'), n: 58 }),
  completion('2,048 prompts × 128 choices', { prompt: list(2_048, () => 'a'), n: 128 }),
  completion('2,048 prompts × 20 choices with log probabilities', {
    prompt: list(2_048, () => 'a'),
    n: 20,
    logprobs: 5,
    max_tokens: 500,
  }),
  completion('2,048 prompts with log probabilities', { prompt: list(2_048, () => 'a'), logprobs: 5, max_tokens: 500 }),
  completion('2,048 prompts × 128 choices in a stream', { prompt: list(2_048, () => 'a'), n: 128, stream: true }),
  completion('128 choices of 16 prompts in a stream', { prompt: list(16, () => 'a'), n: 128, stream: true, logprobs: 5 }),
  // Schemas.
  chat('one schema of a large list, 128 choices', { n: 128, ...answering(largeArray) }),
  chat('128 tools with large lists, 128 choices', {
    n: 128,
    tools: list(128, (index) => tool(`f${index}`, largeArray)),
    tool_choice: 'required',
  }),
  chat('128 tools with small schemas, 128 choices', {
    n: 128,
    tools: list(128, (index) =>
      tool(
        `f${index}`,
        object(
          keyed(10, () => ({ type: 'string' })),
          { required: ['k1'] },
        ),
      ),
    ),
    tool_choice: 'required',
  }),
  responses('128 tools with large lists', {
    tools: list(128, (index) => offered(`f${index}`, largeArray)),
    tool_choice: 'required',
  }),
  chat('200,000 required names', { tools: [tool('f', object({}, { required: list(200_000, (index) => `e${index}`) }))] }),
  chat('200,000 properties', { tools: [tool('f', object(keyed(200_000, () => ({ type: 'string' }))))] }),
  chat('an enum of 200,000', { tools: [tool('f', object({ a: { enum: list(200_000, (index) => `e${index}`) } }))] }),
  chat('128 tools of 700 properties', {
    tools: list(128, (index) => tool(`f${index}`, object(keyed(700, () => ({ type: 'string' }))))),
  }),
  // Many values.
  chat('1,200,000 keys', { metadata: keyed(1_200_000, () => 1) }),
  chat(
    '100,000 unknown fields',
    keyed(100_000, () => 1),
  ),
  chat('100,000 messages', { messages: list(100_000, () => ({ role: 'user', content: 'Hello' })) }),
  chat('100,000 lists', { metadata: list(100_000, () => []) }),
  said(
    '500,000 content parts',
    list(500_000, () => ({ type: 'text', text: 'x' })),
  ),
  said(
    '10,000 content parts',
    list(10_000, () => ({ type: 'text', text: 'x' })),
  ),
  said(
    '2,000,000 numbers',
    list(2_000_000, () => 1),
  ),
  responses('50,000 items', { input: list(50_000, () => ({ role: 'user', content: 'Hello' })) }),
  // Long texts.
  said('19 MB of text', 'word '.repeat(3_800_000)),
  said('19 MB of a picture', [{ type: 'image_url', image_url: { url: `data:image/png;base64,${'A'.repeat(19_000_000)}` } }]),
  said('9 MB of text that needs escapes', '\u0001"\\\n'.repeat(1_000_000)),
  said('19 MB of text, another model', 'a, b: '.repeat(3_000_000), { model: 'gpt-4.1' }),
  // Inputs.
  {
    name: '2,048 vectors of 3,072 dimensions',
    path: '/v1/embeddings',
    body: JSON.stringify({ model: 'text-embedding-3-large', input: list(2_048, (index) => `t${index}`) }),
  },
  {
    name: '2,048 vectors in base64',
    path: '/v1/embeddings',
    body: JSON.stringify({ model: 'text-embedding-3-large', input: list(2_048, (i) => `t${i}`), encoding_format: 'base64' }),
  },
  {
    name: '300,000 token ids',
    path: '/v1/embeddings',
    body: JSON.stringify({ model: 'text-embedding-3-small', input: list(100, () => list(3_000, (i) => i)), dimensions: 8 }),
  },
  {
    name: '2,000 moderations',
    path: '/v1/moderations',
    body: JSON.stringify({ model: 'omni-moderation-latest', input: list(2_000, (index) => `t${index}`) }),
  },
  // Of Azure, which writes answers in its own way.
  ...[
    chat('128 choices with log probabilities', { n: 128, logprobs: true, top_logprobs: 20 }),
    completion('2,048 prompts', { prompt: list(2_048, () => 'a') }),
    completion('128 choices of 16 prompts in a stream', { prompt: list(16, () => 'a'), n: 128, stream: true, logprobs: 5 }),
    chat('128 choices with log probabilities in a stream', { n: 128, logprobs: true, top_logprobs: 20, stream: true }),
    responses('128 tools with large lists', {
      tools: list(128, (index) => offered(`f${index}`, largeArray)),
      tool_choice: 'required',
    }),
    {
      name: '2,048 vectors of 3,072 dimensions',
      path: '/v1/embeddings',
      body: JSON.stringify({ model: 'text-embedding-3-large', input: list(2_048, (index) => `t${index}`) }),
    },
    said('19 MB of text', 'word '.repeat(3_800_000)),
  ].map((heavy) => ({ ...heavy, name: `Azure: ${heavy.name}`, path: `/openai${heavy.path}` })),
  // What nests.
  { name: '100,000 levels', path: '/v1/chat/completions', body: `{"metadata":${'['.repeat(100_000)}${']'.repeat(100_000)}}` },
  { name: 'no JSON of 19 MB', path: '/v1/chat/completions', body: '['.repeat(19_000_000) },
  { name: 'commas of 19 MB', path: '/v1/chat/completions', body: `[${','.repeat(19_000_000)}]` },
  // Of what OpenAI would refuse.
  {
    ...chat(
      '8,000 unknown fields',
      keyed(8_000, () => 1),
    ),
    scenario: 'validation: lenient',
  },
  unchecked('18,000 messages, one in 200 of them wrong', {
    messages: list(18_000, (index) => ({ role: index % 200 === 0 ? 'robot' : 'user', content: 'a' })),
  }),
  unchecked('12,000 messages and many wrong fields', {
    messages: list(12_000, () => ({ role: 'user', content: 'a' })),
    ...Object.fromEntries(
      ['n', 'temperature', 'top_p', 'seed', 'stop', 'user', 'tools', 'functions', 'logprobs', 'store'].map((name) => [name, {}]),
    ),
  }),
  unchecked(
    '35,000 unknown fields',
    keyed(35_000, () => []),
  ),
  unchecked('90 tools with schemas that are wrong', {
    tools: list(90, (index) => tool(`f${index}`, { ...object(keyed(300, () => ({ type: 'string' }))), required: 5 })),
  }),
];
