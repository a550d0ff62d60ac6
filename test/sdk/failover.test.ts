import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type ScenarioInput } from '../../src/index.ts';

/*
 * Failover by hand: one client of the official SDK for each provider, asked in turn. The SDK counts its retries by client, so
 * each provider sees a first attempt.
 */

const DOWN: ScenarioInput = {
  providers: { primary: { rules: [{ fault: { overloaded: {} } }] }, backup: {} },
  expect: { fails_over: true, rules: { has_jitter: 'off' } },
};

const CALLS = 8;

const clientsOf = (mock: MockOpenAI, maxRetries: number) =>
  Object.values(mock.providers).map(({ baseURL }) => new OpenAI({ baseURL, apiKey: mock.apiKey, maxRetries }));

/** Asks the clients in turn until one answers. Gives back whether one did. */
async function failOver(clients: readonly OpenAI[], content: string): Promise<boolean> {
  for (const client of clients) {
    const asked = client.chat.completions.create({ model: 'gpt-4o', messages: [{ role: 'user', content }] });
    const answers = await asked.then(
      () => true,
      () => false,
    );
    if (answers) return true;
  }
  return false;
}

const callAll = (clients: readonly OpenAI[]) =>
  Promise.all(Array.from({ length: CALLS }, (_, at) => failOver(clients, `Question ${at}`)));

const providersOf = (mock: MockOpenAI) => mock.calls().map(({ attempts }) => attempts.map(({ target }) => target.provider));

test.concurrent.each([
  [0, ['primary', 'backup']],
  [2, ['primary', 'primary', 'primary', 'backup']],
] as const)(
  'clients with maxRetries %i fail over: each call is one, with all attempts at both providers',
  async (maxRetries, targets) => {
    await using mock = await createMockOpenAI({ scenario: DOWN });
    expect(await callAll(clientsOf(mock, maxRetries))).toEqual(Array.from({ length: CALLS }, () => true));
    expect(providersOf(mock)).toEqual(Array.from({ length: CALLS }, () => targets));
    const { verdict, findings } = mock.verdict(undefined, { ended: true });
    expect(findings.filter((finding) => ['fail', 'warn'].includes(finding.verdict)).map(({ rule }) => rule)).toEqual([]);
    expect(findings.find(({ rule }) => rule === 'fails_over')).toMatchObject({ verdict: 'pass', n: CALLS });
    expect(verdict).toBe('pass');
  },
);

test.concurrent.each([0, 2])('a client of one provider with maxRetries %i gives up: fails_over fails', async (maxRetries) => {
  await using mock = await createMockOpenAI({ scenario: DOWN });
  expect(await callAll(clientsOf(mock, maxRetries).slice(0, 1))).toEqual(Array.from({ length: CALLS }, () => false));
  expect(providersOf(mock)).toEqual(Array.from({ length: CALLS }, () => Array.from({ length: maxRetries + 1 }, () => 'primary')));
  const { verdict, findings } = mock.verdict(undefined, { ended: true });
  expect(findings.filter((finding) => finding.verdict === 'fail').map(({ rule }) => rule)).toEqual(['fails_over']);
  expect(verdict).toBe('fail');
});
