import { expect, test } from 'vitest';
import { ask } from '../../../support/ask.ts';
import type { RequestParts } from '../../../support/reply-context.ts';
import { successHeaders } from '../../../support/success-headers.ts';

const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'Hi' }] };
const COMPLETION = { model: 'gpt-3.5-turbo-instruct', prompt: 'Hi' };
const EMBEDDING = { model: 'text-embedding-3-small', input: 'Hi', dimensions: 4 };

const JSON_TYPE = 'application/json';

/** Row of wire.md 2.2 and 2.3: who has which content type, layout, account, limits and origin. */
const ROWS: readonly [string, RequestParts, Expected][] = [
  ['chat', { body: CHAT }, { type: JSON_TYPE, opens: '{\n  "', closes: '\n}\n', limits: true }],
  [
    'chat stream',
    { body: { ...CHAT, stream: true } },
    { type: 'text/event-stream; charset=utf-8', opens: 'data: {"', closes: '\n\ndata: [DONE]\n\n', limits: true },
  ],
  [
    'completions',
    { path: '/v1/completions', body: COMPLETION },
    { type: JSON_TYPE, opens: '{\n  "', closes: '\n}\n', limits: true },
  ],
  [
    'completions stream',
    { path: '/v1/completions', body: { ...COMPLETION, stream: true } },
    { type: 'text/event-stream', opens: 'data: {"', closes: '\n\ndata: [DONE]\n\n', limits: true },
  ],
  [
    'embeddings in floats',
    { path: '/v1/embeddings', body: EMBEDDING },
    { type: JSON_TYPE, opens: '{"', closes: '}}', limits: true },
  ],
  [
    'embeddings in base64',
    { path: '/v1/embeddings', body: { ...EMBEDDING, encoding_format: 'base64' } },
    { type: JSON_TYPE, opens: '{\n  "', closes: '\n}\n', limits: true },
  ],
  [
    'moderations',
    { path: '/v1/moderations', body: { input: 'Hi' } },
    { type: JSON_TYPE, opens: '{\n  "', closes: '\n}', limits: false },
  ],
  [
    'models',
    { method: 'GET', path: '/v1/models' },
    { type: JSON_TYPE, opens: '{\n  "', closes: '\n}\n', limits: false, open: true },
  ],
  [
    'one model',
    { method: 'GET', path: '/v1/models/gpt-4o' },
    { type: JSON_TYPE, opens: '{\n  "', closes: '\n}\n', limits: false, open: true },
  ],
];

interface Expected {
  readonly type: string;
  readonly opens: string;
  readonly closes: string;
  readonly limits: boolean;
  /** To every origin, and without an organization. */
  readonly open?: true;
}

test.each(ROWS)('%s: headers in wire order, content type and layout', (_, parts, { type, opens, closes, limits, open }) => {
  const { head, text } = ask(parts);
  expect(text.startsWith(opens)).toBe(true);
  expect(text.endsWith(closes)).toBe(true);
  expect(head?.headers.find(([name]) => name === 'content-type')?.[1]).toBe(type);
  expect(head?.printed?.text).toBe(head?.headers.map(([name, value]) => `${name}: ${value}\r\n`).join(''));
  expect(head?.headers.map(([name]) => name)).toEqual(successHeaders({ limits, open }));
});

test.each([
  ['no key', { key: undefined }],
  ['no model', { body: {} }],
  ['an unknown model', { body: { ...COMPLETION, model: 'gone' }, path: '/v1/completions' }],
])('the gateway answers %s: four spaces, a newline, no account, no time, no limits', (_, parts) => {
  const { head, text } = ask(parts, {}, { models: 'listed' });
  expect(text).toMatch(/^\{\n {4}"error": \{\n {8}"message"[\s\S]*\n {4}\}\n\}\n$/);
  const names = head?.headers.map(([name]) => name) ?? [];
  expect(names.filter((name) => /^(openai-|x-ratelimit)/.test(name))).toEqual([]);
  expect(head?.headers).toContainEqual(['content-type', 'application/json; charset=utf-8']);
  expect(head?.headers).toContainEqual(['vary', 'Origin']);
});

test('the API answers a wrong parameter: two spaces, no newline, the account but not its limits', () => {
  const { head, text } = ask({ path: '/v1/embeddings', body: { ...EMBEDDING, input: undefined } });
  expect(text).toMatch(/^\{\n {2}"error": \{\n {4}"message"[\s\S]*\n {2}\}\n\}$/);
  const names = head?.headers.map(([name]) => name) ?? [];
  expect(names).toContain('openai-organization');
  expect(names.filter((name) => name.startsWith('x-ratelimit'))).toEqual([]);
});
