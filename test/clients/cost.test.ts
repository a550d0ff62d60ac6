import { expect, test } from 'vitest';
import type { RuleInput } from '../../src/core/scenario/schema.ts';
import { createMockOpenAI } from '../../src/mock.ts';

const CHAT = { model: 'gpt-4o', messages: [{ role: 'user', content: 'What does it cost?' }] };

/** What the answer says, or undefined where there was none. */
async function ask(baseURL: string, path: string, body: object): Promise<string | undefined> {
  const headers = { authorization: 'Bearer sk-test', 'content-type': 'application/json' };
  try {
    const response = await fetch(`${baseURL}${path}`, { method: 'POST', headers, body: JSON.stringify(body) });
    return await response.text();
  } catch {
    return undefined;
  }
}

const faulty = (fault: RuleInput['fault']) => createMockOpenAI({ scenario: { rules: [{ first: 1, fault }] } });

test.each([
  ['/chat/completions', CHAT],
  ['/chat/completions', { ...CHAT, n: 3 }],
  ['/chat/completions', { ...CHAT, model: 'o3' }],
  ['/responses', { model: 'gpt-5', input: 'What does it cost?' }],
  ['/completions', { model: 'gpt-3.5-turbo-instruct', prompt: ['a', 'b'], n: 2 }],
  ['/embeddings', { model: 'text-embedding-3-small', input: 'What does it cost?' }],
])('%s: what is billed for a whole answer is what its usage says', async (path, body) => {
  await using mock = await createMockOpenAI();
  // The second time, more is known of the body.
  for (const _time of [1, 2]) {
    const text = await ask(mock.baseURL, path, body);
    const { usage } = JSON.parse(text ?? '{}') as { usage: { total_tokens: number } };
    expect(usage.total_tokens).toBeGreaterThan(0);
    expect(mock.journal().at(-1)?.billedTokens).toBe(usage.total_tokens);
  }
});

test.each([
  ['/chat/completions', { ...CHAT, stream: true, stream_options: { include_usage: true } }],
  ['/responses', { model: 'gpt-4o', input: 'What does it cost?', stream: true }],
])('%s: a whole stream costs what its usage says', async (path, body) => {
  await using mock = await createMockOpenAI();
  const text = (await ask(mock.baseURL, path, body)) ?? '';
  const total = Number(
    text
      .match(/"total_tokens":(\d+)/g)
      ?.at(-1)
      ?.match(/\d+/)?.[0],
  );
  expect(mock.journal()[0]?.billedTokens).toBe(total);
});

test.each(['rate_limit', 'server_error', 'connection_reset', { hang: { for: '10ms' } }] as const)(
  '%j costs nothing',
  async (fault) => {
    await using mock = await faulty(fault as RuleInput['fault']);
    await ask(mock.baseURL, '/chat/completions', CHAT);
    await mock.idle();
    expect(mock.journal()[0]?.billedTokens).toBe(0);
    expect(mock.verdict(undefined, { ended: true }).tokens).toEqual({ billed: 0, used: 0, wasted: 0 });
  },
);

test('a stream that is cut costs its prompt and what had been made of it', async () => {
  await using mock = await faulty({ truncated_stream: { after_chunks: 3, end: 'reset' } });
  await ask(mock.baseURL, '/chat/completions', { ...CHAT, stream: true });
  await ask(mock.baseURL, '/chat/completions', { ...CHAT, stream: true });
  await mock.idle();
  const [cut, whole] = mock.journal();
  expect(cut?.chunksOut).toBeLessThanOrEqual(3);
  const prompt = (whole?.billedTokens ?? 0) - (whole?.chunksOut ?? 0);
  expect(cut?.billedTokens).toBe(prompt + (cut?.chunksOut ?? 0));
  const { tokens, findings } = mock.verdict(undefined, { ended: true });
  expect(tokens).toEqual({
    billed: (cut?.billedTokens ?? 0) + (whole?.billedTokens ?? 0),
    used: whole?.billedTokens,
    wasted: cut?.billedTokens,
  });
  expect(findings.find(({ rule }) => rule === 'pays_once')).toMatchObject({ verdict: 'info', n: 1 });
});

test('an answer that is lost on its way is paid for in full, and the waste fails where the policy bounds it', async () => {
  await using mock = await faulty('lost_answer');
  await ask(mock.baseURL, '/chat/completions', CHAT);
  await ask(mock.baseURL, '/chat/completions', CHAT);
  const [lost, whole] = mock.journal();
  expect(lost).toMatchObject({ status: null, billedTokens: whole?.billedTokens });
  const verdictOf = (max_waste: string) =>
    mock.verdict({ max_waste }, { ended: true }).findings.find(({ rule }) => rule === 'pays_once');
  expect(verdictOf('60%')).toMatchObject({ verdict: 'pass', statistic: { value: 0.5 } });
  expect(verdictOf('40%')).toMatchObject({ verdict: 'fail', threshold: 0.4 });
});
