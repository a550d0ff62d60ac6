import { onTestFinished } from 'vitest';
import { createMockOpenAI, type MockOpenAI, type MockOptions } from '../../src/index.ts';

/** Starts a mock on a free port; it is closed when the test is over. */
export async function startMock(
  scenario: MockOptions['scenario'] = {},
  options: Omit<MockOptions, 'scenario'> = {},
): Promise<MockOpenAI> {
  const mock = await createMockOpenAI({ ...options, scenario });
  onTestFinished(() => mock.close());
  return mock;
}

/** A chat completion by plain fetch. */
export function postChat(
  mock: { baseURL: string; apiKey: string },
  body: object = {},
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`${mock.baseURL}/chat/completions`, {
    method: 'POST',
    headers: {
      authorization: `Bearer ${mock.apiKey}`,
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify({
      model: 'gpt-4o',
      messages: [{ role: 'user', content: 'Hello' }],
      ...body,
    }),
  });
}
