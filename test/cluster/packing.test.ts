import { deserialize, serialize } from 'node:v8';
import { expect, test } from 'vitest';
import type { FromWorker, ToWorker } from '../../src/cluster/messages.ts';
import { pack, unpack } from '../../src/cluster/packing.ts';

const recognition = { call: '#1', attempt: 2, evidence: 'retry-count', certainty: 'exact', drawKey: 'k' } as const;
const performed = {
  lastByteAt: 1.5,
  clientCloseAt: null,
  closedBy: null,
  closedHow: null,
  resetCode: null,
  bytesOut: 7,
  chunksOut: 0,
  eventsOut: 0,
} as const;
const head = {
  t_firstByteBefore: 1,
  status: 429,
  errorCode: 'rate_limit_exceeded',
  errorType: 'requests',
  hint: { header: 'retry-after', raw: '2', dueAt: 2_001 },
  shouldRetry: null,
  paceDueAt: null,
  refusedBy: null,
} as const;
const ask: FromWorker = {
  kind: 'decide',
  ref: 3,
  session: 'default',
  plan: 1,
  request: {
    method: 'POST',
    target: '/v1/chat/completions',
    headers: { 'user-agent': 'test', authorization: 'Bearer sk-test' },
    body: Buffer.from('{}'),
    headersAt: 1.25,
    bodyEndAt: null,
    protocol: 'http/1.1',
    streamId: undefined,
    connection: { id: 1, acceptedAt: 0.5, requests: 2, remotePort: 54_321, tls: undefined, awaitsTls: undefined, open: true },
  },
  pathCall: undefined,
  path: '/v1/chat/completions',
  fingerprint: 'f',
  bodySha256: 'b',
  dialect: 'openai',
  endpoint: 'chat.completions',
  model: 'gpt-4o',
  stream: true,
  failsAt: 'api',
  limited: { name: 'n', draw: { capacities: { requests: 5 }, cost: { requests: 1, tokens: 9 }, refusedDraws: true } },
  forced: [{ name: 'overloaded', params: {} }] as never,
  preset: null,
  matches: [0, 2],
  traits: {
    streamed: true,
    features: ['failure'],
    carrier: 'response',
    protocol: 'http/1.1',
    dialect: 'openai',
    keyScope: 'key 0.5',
    modelScope: '',
  },
};
const messages: readonly (FromWorker | ToWorker)[] = [
  ask,
  {
    kind: 'decided',
    ref: 3,
    ruling: { correlation: recognition, elapsedMs: 12.5, limit: undefined, applied: null },
    placed: { waitMs: 20 },
  },
  {
    kind: 'decided',
    ref: 3,
    ruling: {
      correlation: recognition,
      elapsedMs: 0,
      limit: { refusal: { reason: 'short', kind: 'requests' }, buckets: {}, drawn: { requests: 1 } },
      applied: { rule: 'r', faults: [] },
    },
    placed: undefined,
  },
  { kind: 'exchange progress', ref: 3, head },
  { kind: 'exchange progress', ref: 3, head, end: { performed, endedAt: 2, unused: { tokens: 4 }, billed: 12 } },
  { kind: 'exchange progress', ref: 3, end: { performed, endedAt: 2, unused: undefined, billed: 0 } },
  { kind: 'ping', ping: 1 },
];

test.each(messages.map((message) => [message.kind, message] as const))('%s arrives as it was sent', (_kind, message) => {
  expect(unpack(deserialize(serialize(pack(message))))).toEqual(message);
});
