import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { outcomeOfRequest } from '../support/outcome-of-request.ts';
import { sharedWorkers } from '../support/start-workers.ts';

const under = sharedWorkers();

test('all workers go down together, and come back', async () => {
  const { baseURL, admin } = await under('rules: [{ name: deploy, during: 0s..1500ms, fault: server_down }]');
  expect(await outcomeOfRequest(baseURL)).toBe('ECONNRESET');
  while ((await outcomeOfRequest(baseURL)) !== 'ECONNREFUSED') await sleep(5);
  while ((await outcomeOfRequest(baseURL)) !== 200) await sleep(5);
  expect(await outcomeOfRequest(baseURL)).toBe(200);
  const { entries } = await admin<{ entries: object[] }>('/__admin/journal');
  expect(entries[0]).toMatchObject({ closedBy: 'server', closedHow: 'reset', faultApplied: { rule: 'deploy' } });
});

test('events tell what comes to any of them', async () => {
  const { baseURL } = await under('{}');
  const controller = new AbortController();
  const response = await fetch(new URL('/__admin/events?only=entry', baseURL), { signal: controller.signal });
  expect(response.headers.get('content-type')).toBe('text/event-stream');
  const asked = Promise.all(Array.from({ length: 6 }, () => outcomeOfRequest(baseURL)));
  let text = '';
  const decoder = new TextDecoder();
  for await (const piece of response.body ?? []) {
    text += decoder.decode(piece as Uint8Array, { stream: true });
    if ((text.match(/^event: entry$/gm)?.length ?? 0) === 6) break;
  }
  controller.abort();
  expect(await asked).toEqual([200, 200, 200, 200, 200, 200]);
});
