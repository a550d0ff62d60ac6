import { expect, test } from 'vitest';
import type { BodyMemo } from '../../../../../src/core/memo/body-memo.ts';
import { healthyReply } from '../../../../../src/core/openai/endpoints/healthy-reply.ts';
import type { AnswerSettings, ReplySpec } from '../../../../../src/core/openai/request/answer-settings.ts';
import type { ReplyContext } from '../../../../../src/core/openai/request/reply-context.ts';
import { fork } from '../../../../../src/core/random.ts';
import { libraries } from '../../../../../src/libraries.ts';
import { collect } from '../../../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../../../support/reply-context.ts';

const TOOL = { type: 'function', name: 'find', parameters: { type: 'object', properties: { city: { type: 'string' } } } };

/** What is told of the body: as the request comes the nth time, or event by event. */
function told(body: object, reply: ReplySpec, { memo, unchanged }: { memo: BodyMemo | undefined; unchanged: boolean }) {
  const settings: AnswerSettings = { ...plainSettings, reply };
  const request = { ...apiRequest({ path: '/v1/responses', body: { model: 'gpt-4o', stream: true, ...body } }), memo };
  const textRandom = (...labels: (string | number)[]) => fork('text', ...labels);
  const random = (...labels: (string | number)[]) => fork('stream', ...labels);
  const context: ReplyContext = replyContext({ request, settings, libraries, textRandom, random, unchanged });
  const { text, effects } = collect(healthyReply(context));
  const counts = { events: 0, contents: 0, bytes: 0 };
  for (const effect of effects) {
    if (effect.type !== 'write') continue;
    const { holds, event, data } = effect;
    counts.events += holds?.events ?? (event === undefined ? 0 : 1);
    counts.contents += holds?.contents ?? (event === 'content' ? 1 : 0);
    counts.bytes += holds?.bytes ?? Buffer.byteLength(data);
  }
  return { text, counts, writes: effects.filter(({ type }) => type === 'write').length };
}

test.each<[string, object, ReplySpec]>([
  ['a text', { input: 'Hi' }, { tokens: 40 }],
  ['a long text', { input: 'Hi' }, { tokens: 400 }],
  ['a text beyond ASCII', { input: 'Hi', instructions: 'Sag „ja“ 😀' }, { content: 'Déjà vu 😀 – ünd so wéiter.' }],
  ['a text without obfuscation', { input: 'Hi', stream_options: { include_obfuscation: false } }, { tokens: 30 }],
  ['a refusal', { input: 'Hi' }, { refusal: 'I cannot.' }],
  ['calls of a tool', { input: 'Hi', tools: [TOOL], tool_choice: 'required' }, {}],
  [
    'a thought that is sealed',
    { model: 'o4-mini', input: 'Hi', include: ['reasoning.encrypted_content'], reasoning: { summary: 'auto' } },
    {},
  ],
  ['a search of the web', { input: 'Hi', tools: [{ type: 'web_search' }], tool_choice: 'required' }, {}],
  [
    'a run of code',
    { input: 'Hi', tools: [{ type: 'code_interpreter', container: { type: 'auto' } }], tool_choice: 'required' },
    {},
  ],
  ['log probabilities', { input: 'Hi', include: ['message.output_text.logprobs'], top_logprobs: 2 }, { tokens: 10 }],
  ['an answer that is cut', { input: 'Hi', max_output_tokens: 16 }, { tokens: 100 }],
  ['a text that looks like a hole', { input: 'Hi' }, { content: 'one \u00002\u0000 two' }],
  ['instructions that look like a hole', { input: 'Hi', instructions: '\u00002\u0000' }, { tokens: 5 }],
])('%s is told in the same bytes each time', (_, body, reply) => {
  const memo: BodyMemo = new Map();
  const { text, counts } = told(body, reply, { memo: undefined, unchanged: false });
  for (let time = 1; time <= 3; time++) expect(told(body, reply, { memo, unchanged: true })).toMatchObject({ text, counts });
});

test('what is told again takes few writes', () => {
  const memo: BodyMemo = new Map();
  const writes = [1, 2].map(() => told({ input: 'Hi' }, { tokens: 100 }, { memo, unchanged: true }).writes);
  expect(Math.max(...writes)).toBeLessThan(5);
});
