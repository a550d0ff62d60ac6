import { expect, test } from 'vitest';
import { endpoints } from '../../../../src/core/openai/endpoints/registry.ts';
import { unservedUrl } from '../../../../src/core/openai/endpoints/unserved-urls.ts';

test.each([
  ['POST', '/v1/fine_tuning/jobs', '/v1/fine_tuning/jobs'],
  ['GET', '/v1/fine_tuning/jobs/ftjob-abc123/events', '/v1/fine_tuning/jobs/{id}/events'],
  ['POST', '/v1/threads/thread_9/runs', '/v1/threads/{id}/runs'],
  ['POST', '/v1/vector_stores/vs_1/file_batches', '/v1/vector_stores/{id}/file_batches'],
  ['GET', '/v1/chat/completions', '/v1/chat/completions'],
  ['POST', '/v1/audio/speech', '/v1/audio/speech'],
])('%s %s is OpenAI’s, and not served', (method, path, shown) => {
  expect(unservedUrl(method, path)?.path).toBe(shown);
});

test.each([
  ['POST', '/v1/chat/completion'],
  ['POST', '/chat/completions'],
  ['POST', '/v1/v1/chat/completions'],
  ['POST', '/v1/filesystem'],
  ['GET', '/'],
])('%s %s is a URL that OpenAI does not have', (method, path) => {
  expect(unservedUrl(method, path)).toBeUndefined();
});

test('no endpoint that is served counts as unserved', () => {
  for (const { method, path } of endpoints) expect(unservedUrl(method, path.replace('{id}', 'gpt-4o')), path).toBeUndefined();
});
