import type { IncomingMessage, ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { expect, test } from 'vitest';
import type { PrimaryClient } from '../../src/cluster/primary-client.ts';
import { relayAdmin } from '../../src/cluster/relay-admin.ts';
import { isCutShort } from '../../src/server/admin/is-cut-short.ts';

function arriving(complete: boolean): IncomingMessage {
  const stream = new Readable({ read: () => undefined });
  stream.push('name: x');
  return Object.assign(stream, { complete, method: 'PUT', url: '/__admin/scenario', headers: {} }) as unknown as IncomingMessage;
}

test.each([true, false])(
  'a client that leaves before its upload is read gets no answer (all of it had come: %s)',
  async (complete) => {
    const relayed: unknown[] = [];
    const line = { request: (...sent: unknown[]) => Promise.resolve(relayed.push(sent)) } as unknown as PrimaryClient;
    const request = arriving(complete);
    const done = relayAdmin(line, request, {} as ServerResponse);
    request.destroy(new Error('aborted'));
    await done;
    expect(relayed).toEqual([]);
    expect(isCutShort(request)).toBe(true);
  },
);

test('a request that was read is not cut short, nor is one without a body', async () => {
  const read = { complete: true, destroyed: true, readableEnded: true, method: 'PUT' };
  expect(isCutShort(read)).toBe(false);
  expect(isCutShort({ ...read, readableEnded: false, method: 'GET' })).toBe(false);
  expect(isCutShort({ ...read, readableEnded: false, destroyed: false })).toBe(false);
});

test('an upload is cut short that is reset, before its stream is destroyed', () => {
  const reset = { complete: false, destroyed: false, aborted: true, readableEnded: true, method: 'PUT' };
  expect(isCutShort(reset)).toBe(true);
});
