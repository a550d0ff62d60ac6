import { expect, test } from 'vitest';
import { clientEnvironment } from '../../../src/cli/options/client-environment.ts';

const target = { origin: 'http://127.0.0.1:9', apiKey: 'sk-mock' };

test('replaces a real key and address, and keeps what is not about OpenAI', () => {
  const env = clientEnvironment({ OPENAI_API_KEY: 'sk-real', OPENAI_BASE_URL: 'https://real', PATH: '/bin' }, target);
  expect(env).toMatchObject({ OPENAI_API_KEY: 'sk-mock', OPENAI_BASE_URL: 'http://127.0.0.1:9/v1', PATH: '/bin' });
  expect(JSON.stringify(env)).not.toContain('real');
});

test('names the host alone to clients that have /v1 in their paths', () => {
  const env = clientEnvironment({ OPENAI_BASE_PATH: 'other/chat' }, target);
  expect(env).toMatchObject({
    OPENAI_HOST: target.origin,
    SPRING_AI_OPENAI_BASE_URL: target.origin,
    OPENAI_BASE_PATH: undefined,
  });
});

test.each([
  [{}, '127.0.0.1,localhost,::1'],
  [{ NO_PROXY: 'internal, localhost' }, 'internal,localhost,127.0.0.1,::1'],
  [{ no_proxy: '.corp' }, '.corp,127.0.0.1,localhost,::1'],
  [{ NO_PROXY: 'a', no_proxy: 'b,a' }, 'a,b,127.0.0.1,localhost,::1'],
  [{ NO_PROXY: '*' }, '*'],
])('keeps proxies away from the mock: %j', (inherited, expected) => {
  const env = clientEnvironment({ ...inherited, HTTP_PROXY: 'http://proxy', OPENAI_PROXY: 'http://proxy' }, target);
  expect([env['NO_PROXY'], env['no_proxy']]).toEqual([expected, expected]);
  expect(env).toMatchObject({ HTTP_PROXY: 'http://proxy', OPENAI_PROXY: undefined });
});

test('keeps the traces of the Agents SDK from the real host', () => {
  expect(clientEnvironment({ OPENAI_AGENTS_DISABLE_TRACING: '0' }, target)).toMatchObject({ OPENAI_AGENTS_DISABLE_TRACING: '1' });
});
