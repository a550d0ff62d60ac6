import { expect, test } from 'vitest';
import { type BodyMemo, memoize } from '../../../src/core/memo/body-memo.ts';
import { promptTokens } from '../../../src/core/openai/content/tokens.ts';
import { healthyReply } from '../../../src/core/openai/endpoints/healthy-reply.ts';
import { naturalError } from '../../../src/core/openai/endpoints/natural-error.ts';
import type { AnswerSettings } from '../../../src/core/openai/request/answer-settings.ts';
import { identityOf } from '../../../src/core/openai/request/identity.ts';
import { fork } from '../../../src/core/random.ts';
import { libraries } from '../../../src/libraries.ts';
import { collect } from '../../support/effects.ts';
import { apiRequest, plainSettings, replyContext } from '../../support/reply-context.ts';

test('a value is found once, as long as the same is given', () => {
  const memo: BodyMemo = new Map();
  let found = 0;
  const find = () => {
    found += 1;
    return found;
  };
  const given = {};
  expect([memoize(memo, 'a', [given, 1], find), memoize(memo, 'a', [given, 1], find)]).toEqual([1, 1]);
  expect(memoize(memo, 'a', [{}, 1], find)).toBe(2);
  expect(memoize(memo, 'a', [given, 1], find)).toBe(3);
  expect(memoize(memo, 'b', [given, 1], find)).toBe(4);
  expect(memoize(undefined, 'a', [given, 1], find)).toBe(5);
});

test('that nothing was found is remembered, too', () => {
  const memo: BodyMemo = new Map();
  expect(memoize(memo, 'a', [], () => undefined)).toBeUndefined();
  expect(memoize(memo, 'a', [], () => 'found now')).toBeUndefined();
});

const HELLO = [{ role: 'user', content: 'Hello there, what do you say?' }];
const BODIES: Readonly<Record<string, object>> = {
  'plain text': { model: 'gpt-4o', messages: HELLO },
  stream: { model: 'gpt-4o', messages: HELLO, stream: true, stream_options: { include_usage: true } },
  'several choices': { model: 'gpt-4o', messages: HELLO, n: 2 },
  logprobs: { model: 'gpt-4o', messages: HELLO, logprobs: true },
  'reasoning model': { model: 'o3', messages: HELLO },
  'a tool that has to be called': {
    model: 'gpt-4o',
    messages: HELLO,
    tools: [{ type: 'function', function: { name: 'f', parameters: { type: 'object', properties: {} } } }],
    tool_choice: 'required',
  },
  'any endpoint': { model: 'gpt-4o', messages: HELLO, prompt: 'Hello', input: 'Hello' },
  'unknown model': { model: 'nobody-knows-it', messages: HELLO },
  wrong: { model: 'gpt-4o', messages: 'none' },
};
const PATHS = ['/v1/chat/completions', '/v1/completions', '/v1/embeddings', '/v1/moderations'];
const SETTINGS: readonly AnswerSettings[] = [
  plainSettings,
  { ...plainSettings, tokens: 'exact' },
  { ...plainSettings, models: 'listed' },
  { ...plainSettings, reply: { content: 'What the scenario wants.' } },
  { ...plainSettings, latency: { ttft: { kind: 'constant', ms: 20 }, interToken: { kind: 'constant', ms: 1 } } },
];

test.each(Object.entries(BODIES))(
  'whoever asks, and in whichever order, gets what would be made without a memo: %s',
  (_what, body) => {
    const memo: BodyMemo = new Map();
    const worlds = PATHS.flatMap((path) =>
      SETTINGS.flatMap((settings) =>
        ['a', 'b'].flatMap((seed) =>
          ['application/json', 'text/plain'].map((type) => ({ path, settings, seed, type, identity: identityOf(seed) })),
        ),
      ),
    );
    const answerIn = (
      { path, settings, seed, type, identity }: (typeof worlds)[number],
      call: number,
      remembered: BodyMemo | undefined,
    ) => {
      const request = {
        ...apiRequest({ path, body, headers: { 'content-type': type } }),
        ...(remembered && { memo: remembered }),
      };
      const error = naturalError(request, {
        auth: 'any',
        maxBodyBytes: 1_000_000,
        libraries,
        models: settings.models,
        tokens: settings.tokens,
        promptTokens: () => promptTokens(request, settings, libraries),
      });
      if (error !== undefined) return error;
      const random = (...labels: readonly (string | number)[]) => fork(seed, 'call', call, ...labels);
      const textRandom = (...labels: readonly (string | number)[]) => fork(seed, path, ...labels);
      return collect(healthyReply(replyContext({ request, settings, identity, libraries, random, textRandom }))).effects;
    };
    for (const order of [worlds, worlds.toReversed()]) {
      for (const [place, world] of order.entries()) {
        // Twice: what is remembered is used at the second time.
        for (const call of [place, -1 - place]) expect(answerIn(world, call, memo)).toEqual(answerIn(world, call, undefined));
      }
    }
  },
);
