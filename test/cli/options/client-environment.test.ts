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

test('has the variables that clients of Azure read, and replaces those that stand there', () => {
  const inherited = { AZURE_OPENAI_ENDPOINT: 'https://real', AZURE_OPENAI_API_KEY: 'real', AZURE_API_BASE: 'https://real' };
  const env = clientEnvironment(inherited, target);
  expect(env).toMatchObject({
    AZURE_OPENAI_ENDPOINT: target.origin,
    AZURE_OPENAI_API_KEY: 'sk-mock',
    OPENAI_API_VERSION: '2025-04-01-preview',
    AZURE_API_BASE: target.origin,
    AZURE_API_KEY: 'sk-mock',
    AZURE_API_VERSION: '2025-04-01-preview',
  });
  expect(JSON.stringify(env)).not.toContain('real');
});

test('tells where providers are: of Azure the base URL of v1, and the endpoint', () => {
  const providers = [{ name: 'primary' }, { name: 'back-up', dialect: 'azure' as const }];
  expect(clientEnvironment({}, { ...target, providers })).toMatchObject({
    MOCK_OPENAI_PRIMARY_BASE_URL: 'http://127.0.0.1:9/s/primary/v1',
    MOCK_OPENAI_BACK_UP_BASE_URL: 'http://127.0.0.1:9/s/back-up/openai/v1',
    MOCK_OPENAI_BACK_UP_ENDPOINT: 'http://127.0.0.1:9/s/back-up',
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
