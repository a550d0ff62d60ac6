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
  ['POST', '/c/'],
  ['POST', '/c'],
  ['POST', '/chat/one/v1/chat/completions'],
])('%s %s is a URL that OpenAI does not have', (method, path) => {
  expect(unservedUrl(method, path)).toBeUndefined();
});

test.each([
  ['/c/one/v1/chat/completions', '/c/{call}/v1/chat/completions'],
  ['/c/Two.2/v1/responses/resp_1', '/c/{call}/v1/responses/{id}'],
  ['/v1/c/one/v1/models', '/c/{call}/v1/models'],
  ['/c/one', '/c/{call}'],
])('%s lacks its session, and is told so', (path, shown) => {
  expect(unservedUrl('POST', path)).toEqual({
    path: shown,
    advice: `The URL of a call begins with its session: /s/default${shown}`,
  });
});

test('no endpoint that is served counts as unserved', () => {
  for (const { method, path, socket } of endpoints) {
    // Without a handshake it is no request of OpenAI's.
    if (socket === undefined) expect(unservedUrl(method, path.replace('{id}', 'gpt-4o')), path).toBeUndefined();
  }
});
