import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SentForm } from '../src/core/openai/request/request.ts';
import type { Head } from '../src/core/wire/effect.ts';
import { parseTarget } from '../src/exchange/incoming.ts';
import { libraries } from '../src/libraries.ts';
import { loadScenario } from '../src/scenario-files/load-scenario.ts';
import { Engine } from '../src/session/engine.ts';
import { bytesInUse } from './support/collect-garbage.ts';
import { performed } from './support/performed.ts';
import { fakeClock } from './support/reply-context.ts';

/*
 * Whatever is sent, the answer is one that OpenAI gives: never a failure of the mock's own. A few thousand requests run
 * with the other tests; `npm run fuzz:core` sends a hundred thousand.
 */

const STRANGE_VALUES = JSON.parse(readFileSync(new URL('./support/strange-values.json', import.meta.url), 'utf8')) as unknown[];
const RUNS = Number(process.env['FUZZ_RUNS'] ?? 1_500);

const VALID = [
  {
    model: 'gpt-4o',
    messages: [
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: [{ type: 'text', text: 'Hello' }] },
      {
        role: 'assistant',
        content: null,
        tool_calls: [{ id: 'call_1', type: 'function', function: { name: 'f', arguments: '{}' } }],
      },
      { role: 'tool', tool_call_id: 'call_1', content: 'done' },
    ],
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } } }],
    tool_choice: 'auto',
    n: 2,
    temperature: 0.5,
    stop: ['x'],
    logprobs: true,
    top_logprobs: 2,
    stream: true,
    stream_options: { include_usage: true },
    metadata: { a: 'b' },
  },
  {
    model: 'gpt-5',
    messages: [
      { role: 'developer', content: 'Hi' },
      { role: 'user', content: 'JSON, please' },
    ],
    max_completion_tokens: 50,
    reasoning_effort: 'low',
    response_format: {
      type: 'json_schema',
      json_schema: {
        name: 's',
        strict: true,
        schema: { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'], additionalProperties: false },
      },
    },
  },
  { model: 'text-embedding-3-small', input: ['a', 'b'], dimensions: 8, encoding_format: 'float' },
  { model: 'omni-moderation-latest', input: 'a' },
  {
    model: 'gpt-5.6-terra',
    instructions: 'Be brief.',
    input: [
      { role: 'user', content: [{ type: 'input_text', text: 'Hello' }] },
      { type: 'reasoning', id: 'rs_1', summary: [] },
      { type: 'function_call', id: 'fc_1', call_id: 'call_1', name: 'f', arguments: '{}' },
      { type: 'function_call_output', call_id: 'call_1', output: 'done' },
    ],
    tools: [{ type: 'function', name: 'f', parameters: { type: 'object', properties: { a: { type: 'string' } } } }],
    reasoning: { effort: 'low', summary: 'auto' },
    text: { format: { type: 'text' }, verbosity: 'low' },
    include: ['reasoning.encrypted_content'],
    metadata: { a: 'b' },
    stream: true,
    stream_options: { include_obfuscation: false },
  },
  { model: 'gpt-4o', input: 'JSON, please', previous_response_id: 'resp_1', background: true, store: true },
  { model: 'gpt-4o', input: 'Hi', conversation: { id: 'conv_1' }, temperature: 0.5, max_output_tokens: 20 },
  { metadata: { a: 'b' }, items: [{ type: 'message', role: 'user', content: 'Hi' }] },
  { input_file_id: 'file-1', endpoint: '/v1/chat/completions', completion_window: '24h', metadata: { a: 'b' } },
  {
    custom_id: 'a',
    method: 'POST',
    url: '/v1/chat/completions',
    body: { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] },
  },
  { model: 'gpt-3.5-turbo-instruct', prompt: 'Once', max_tokens: 5, logprobs: 2, echo: true, stream: true },
];
const PATHS = [
  '/v1/chat/completions',
  '/v1/chat/completions',
  '/v1/responses',
  '/v1/responses',
  '/v1/responses/input_tokens',
  '/v1/responses/compact',
  '/v1/responses/resp_1',
  '/v1/responses/resp_1?stream=true&starting_after=x',
  '/v1/responses/resp_1/cancel',
  '/v1/responses/resp_1/input_items?limit=0&order=up',
  '/v1/responses/%zz/input_items?limit=%zz',
  '/v1/conversations',
  '/v1/conversations/conv_1',
  '/v1/conversations/conv_1/items?after=x&limit=5',
  '/v1/conversations/conv_1/items/msg_1',
  '/v1/files',
  '/v1/files?limit=x&purpose=batch&after=file-1',
  '/v1/files/file-1',
  '/v1/files/file-1/content',
  '/v1/batches',
  '/v1/batches?limit=1',
  '/v1/batches/batch_1',
  '/v1/batches/batch_1/cancel',
  '/v1/traces/ingest',
  '/v1/embeddings',
  '/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21',
  '/openai/deployments/%zz/chat/completions?api-version=2024-10-21',
  '/openai/deployments/a%0D%0Ab/embeddings?api-version=2024-10-21',
  '/openai/deployments//chat/completions?api-version=%zz',
  '//openai//v1//chat/completions',
  '/openai/v1/responses?api-version=preview',
  '/openai/responses?api-version=2025-03-01-preview&api-version=x',
  '/openai/v1/models/%zz',
  '/openai/v1/responses/resp_1?stream=true',
  '/v1/moderations',
  '/v1/completions',
  '/v1/models',
  '/v1/models/%zz',
  '/v1/nothing',
  '/',
  '//',
  '/v1',
];

const strange = fc.oneof(
  fc.constantFrom(...STRANGE_VALUES),
  fc.jsonValue({ maxDepth: 4 }),
  fc.string({ unit: 'binary', maxLength: 50 }),
  fc.integer(),
  fc.double(),
);

/** A value with one place in it replaced, removed or doubled. */
function mutate(value: unknown, choose: (bound: number) => number, change: unknown): unknown {
  const isContainer = typeof value === 'object' && value !== null;
  const entries = isContainer ? Object.entries(value) : [];
  if (entries.length === 0 || choose(5) === 0) return change;
  const at = choose(entries.length);
  const [key, child] = entries[at] ?? ['', null];
  const action = choose(8);
  if (Array.isArray(value)) {
    if (action === 0) return value.toSpliced(at, 1);
    if (action === 1) return [...value, ...value];
    return value.with(at, mutate(child, choose, change));
  }
  if (action === 0) return Object.fromEntries(entries.filter(([name]) => name !== key));
  if (action === 1) return { ...(value as object), [`${key}x`]: change };
  return { ...(value as object), [key]: mutate(child, choose, change) };
}

const mutated = fc
  .tuple(fc.constantFrom(...VALID), fc.array(fc.tuple(strange, fc.infiniteStream(fc.nat(1_000))), { minLength: 1, maxLength: 3 }))
  .map(([valid, changes]) =>
    changes.reduce<unknown>(
      (body, [change, numbers]) => mutate(body, (bound) => (numbers.next().value as number) % bound, change),
      valid,
    ),
  );

const nested = fc
  .tuple(
    fc.constantFrom('messages', 'tools', 'metadata', 'input', 'response_format', 'x'),
    fc.integer({ min: 1, max: 20_000 }),
    fc.constantFrom('[', '{"a":'),
  )
  .map(([field, depth, open]) => {
    const close = open === '[' ? ']' : '}';
    return `{"model":"gpt-4o","messages":[{"role":"user","content":"Hi"}],"${field}":${open.repeat(depth)}1${close.repeat(depth)}}`;
  });

const body = fc.oneof(
  { weight: 10, arbitrary: mutated.map((value) => Buffer.from(JSON.stringify(value) ?? '')) },
  { weight: 2, arbitrary: fc.json().map((text) => Buffer.from(text)) },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes)) },
  { weight: 1, arbitrary: mutated.map((value) => Buffer.from(JSON.stringify(value) ?? '', 'utf16le')) },
  {
    weight: 1,
    arbitrary: fc.tuple(mutated, fc.nat(200)).map(([value, cut]) => Buffer.from(JSON.stringify(value) ?? '').subarray(0, cut)),
  },
  { weight: 1, arbitrary: nested.map((text) => Buffer.from(text)) },
  {
    weight: 1,
    arbitrary: fc
      .constantFrom('1e999', '{"model":"gpt-4o","n":1e400,"messages":[{"role":"user","content":"Hi"}]}', '\ufeff{}')
      .map((text) => Buffer.from(text)),
  },
);

const request = fc.record({
  method: fc.constantFrom('POST', 'POST', 'POST', 'GET', 'PUT', 'DELETE'),
  path: fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...PATHS) },
    { weight: 1, arbitrary: fc.webPath().map((path) => `/${path}`) },
  ),
  contentType: fc.constantFrom(
    'multipart/form-data; boundary=x',
    'application/json',
    'application/json',
    'application/json; charset=utf-8',
    'text/plain',
    undefined,
    '\u00ff',
  ),
  authorization: fc.constantFrom('Bearer sk-fuzz', 'Bearer sk-fuzz', 'Bearer sk-fuzz', undefined, 'Bearer', 'Basic eDp5'),
  body,
});

/** The parts of an answer that are read: of an endless one, the beginning is enough. */
const MAX_EFFECTS = 2_000;

/** Each way to check requests, and the share of the runs that it gets. */
const MODES = [
  ['strict', 1],
  ['lenient', 3],
  ['off', 3],
] as const;

test.each(MODES)(
  'validation: %s. Strange requests get answers of OpenAI, and the memory stays flat',
  { timeout: 30 * 60_000 },
  async (validation, share) => {
    const runs = Math.ceil(RUNS / share);
    const limits = 'limits: { "gpt-4*": tier-1 }';
    const replies = 'replies: [{ match: { prompt: "*JSON*" }, json: [1] }]';
    const scenario = loadScenario({ file: 'fuzz', text: `${limits}\n${replies}\nvalidation: ${validation}\n` }, libraries);
    const clock = fakeClock();
    const engine = new Engine({ scenario, clock, libraries });
    const seen = new Map<number, number>();
    const kept = { response: 'resp_1', conversation: 'conv_1', file: 'file-1', batch: 'batch_1' };
    let count = 0;
    const half = (seed: number) =>
      fc.assert(
        fc.asyncProperty(request, async ({ method, path: made, contentType, authorization, body: given }) => {
          clock.advance(500);
          // What was kept is asked for, too.
          const target = withKept(made, kept);
          const bytes = /[_-]1/.test(Buffer.from(given).toString('latin1'))
            ? Buffer.from(withKept(Buffer.from(given).toString('latin1'), kept), 'latin1')
            : given;
          count += 1;
          const { path } = parseTarget(target);
          const headers = { accept: 'application/json', 'content-type': contentType, authorization };
          const connection = { id: count, acceptedAt: clock.now(), requests: 1, remotePort: null };
          const incoming = {
            method,
            target,
            headers,
            body: bytes,
            oversized: false,
            connection,
            headersAt: clock.now(),
            bodyEndAt: clock.now(),
            ...(contentType?.startsWith('multipart/') === true && { form: formOf(bytes) }),
          };
          const exchange = await engine.defaultSession.receive(
            engine.defaultSession.prepare(incoming, { path, call: undefined, forced: undefined }),
          );
          const answer = read(exchange.takeReply(), (head) => exchange.headSent(head));
          exchange.finished(performed(clock.now(), { bytesOut: answer.text.length }));
          expect([200, 204, 400, 401, 403, 404, 429]).toContain(answer.status);
          if (answer.status !== 200 && answer.status !== 204) expect(refusalIn(answer.text, path)).toBe('refusal');
          if (answer.status === 200) {
            kept.response = /"id": ?"(resp_[^"]+)/.exec(answer.text)?.[1] ?? kept.response;
            kept.conversation = /"id": "(conv_[^"]+)"/.exec(answer.text)?.[1] ?? kept.conversation;
            kept.file = /"id": "(file-[^"]+)"/.exec(answer.text)?.[1] ?? kept.file;
            kept.batch = /"id": "(batch_[^"]+)"/.exec(answer.text)?.[1] ?? kept.batch;
          }
          seen.set(answer.status ?? 0, (seen.get(answer.status ?? 0) ?? 0) + 1);
        }),
        { numRuns: Math.ceil(runs / 2), seed, endOnFailure: true },
      );
    await half(20_261_121);
    const halfwayBytes = await bytesInUse();
    await half(20_261_129);
    // All kinds of answer were met: the requests are strange, not hopeless.
    for (const status of [200, 400, 401, 404]) expect(seen.get(status) ?? 0).toBeGreaterThan(runs / 100);
    if (runs >= 50_000) expect((await bytesInUse()) - halfwayBytes).toBeLessThan(50 * 1024 * 1024);
  },
);

/** What a server reads of a form: a file for a batch, more often than not. */
function formOf(content: Uint8Array): SentForm {
  return { texts: { purpose: content.length % 5 === 0 ? 'x' : 'batch' }, files: { file: { filename: 'a.jsonl', content } } };
}

/** OpenAI says of what type an error is. Azure does not, and API Management has no error object. */
function refusalIn(text: string, path: string): string {
  const { error, statusCode, message } = JSON.parse(text) as Record<string, unknown> & { error?: Record<string, unknown> };
  const isAzure = /^\/+openai\//.test(path);
  if (isAzure && typeof statusCode === 'number' && typeof message === 'string') return 'refusal';
  return typeof error?.['message'] === 'string' && (isAzure || typeof error['type'] === 'string') ? 'refusal' : text;
}

function withKept(
  text: string,
  { response, conversation, file, batch }: { readonly [What in 'response' | 'conversation' | 'file' | 'batch']: string },
): string {
  return text
    .replaceAll('resp_1', response)
    .replaceAll('conv_1', conversation)
    .replaceAll('file-1', file)
    .replaceAll('batch_1', batch);
}

function read(
  reply: Iterable<{ type: string; data?: string | Uint8Array }>,
  headSent: (head: Head) => void,
): { status: number | undefined; text: string } {
  let status: number | undefined;
  let text = '';
  let effects = 0;
  for (const effect of reply) {
    effects += 1;
    if (effect.type === 'head') {
      const head = effect as Head;
      headSent(head);
      status = head.status;
    }
    if (effect.type === 'write') text += String(effect.data);
    if (effects > MAX_EFFECTS) break;
  }
  return { status, text };
}
