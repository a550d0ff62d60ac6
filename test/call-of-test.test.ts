import { expect, test } from 'vitest';
import { nameCall, variablesOfCall } from '../src/call-of-test.ts';
import { clientEnvironment } from '../src/cli/options/client-environment.ts';

const ORIGIN = 'http://127.0.0.1:4000';

test('every address that run hands on names the call, and nothing else changes', () => {
  const providers = [{ name: 'backup' }, { name: 'azure', dialect: 'azure' as const }];
  const environment = clientEnvironment({ HOME: '/home/me' }, { origin: ORIGIN, apiKey: 'sk-any', providers });
  expect(variablesOfCall(environment, ORIGIN, 'a.test.ts > says hello')).toEqual({
    ...Object.fromEntries(
      ['OPENAI_BASE_URL', 'OPENAI_API_BASE', 'OPENAI_API_BASE_URL'].map((name) => [
        name,
        `${ORIGIN}/s/default/c/a.test.ts%20%3E%20says%20hello/v1`,
      ]),
    ),
    ...Object.fromEntries(
      ['OPENAI_HOST', 'SPRING_AI_OPENAI_BASE_URL', 'AZURE_OPENAI_ENDPOINT', 'AZURE_API_BASE'].map((name) => [
        name,
        `${ORIGIN}/s/default/c/a.test.ts%20%3E%20says%20hello`,
      ]),
    ),
    MOCK_OPENAI_BACKUP_BASE_URL: `${ORIGIN}/s/backup/c/a.test.ts%20%3E%20says%20hello/v1`,
    MOCK_OPENAI_AZURE_BASE_URL: `${ORIGIN}/s/azure/c/a.test.ts%20%3E%20says%20hello/openai/v1`,
    MOCK_OPENAI_AZURE_ENDPOINT: `${ORIGIN}/s/azure/c/a.test.ts%20%3E%20says%20hello`,
  });
});

test('an address of another server stays', () => {
  expect(variablesOfCall({ OPENAI_BASE_URL: 'http://127.0.0.1:40001/v1' }, ORIGIN, 'a')).toEqual({});
});

test('the name is taken out when the test is over', () => {
  const environment: Record<string, string | undefined> = { MOCK_OPENAI_ORIGIN: ORIGIN, OPENAI_BASE_URL: `${ORIGIN}/v1` };
  const restore = nameCall(environment, '/project', { currentTestName: 'says hello', testPath: '/project/test/a.ts' });
  expect(environment['OPENAI_BASE_URL']).toBe(`${ORIGIN}/s/default/c/test%2Fa.ts%20%3E%20says%20hello/v1`);
  restore();
  expect(environment).toEqual({ MOCK_OPENAI_ORIGIN: ORIGIN, OPENAI_BASE_URL: `${ORIGIN}/v1` });
});

test('without a mock of run nothing is named', () => {
  const environment = { OPENAI_BASE_URL: 'https://api.openai.com/v1' };
  nameCall(environment, '/project', { currentTestName: 'says hello' })();
  expect(environment).toEqual({ OPENAI_BASE_URL: 'https://api.openai.com/v1' });
});
