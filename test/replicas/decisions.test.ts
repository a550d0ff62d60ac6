import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JournalEntry } from '../../src/core/journal/entry.ts';
import { propertyRuns } from '../support/property-runs.ts';
import { type Replicas, sharedReplicas } from '../support/replicas/start-replicas.ts';
import { NEEDS_STORE, STORE_PROGRAM } from '../support/replicas/start-store.ts';
import { postChat, startMock } from '../support/start-mock.ts';

const KEY = 'sk-test-0123456789';
const CLIENTS = 6;
const CALLS = 6;

/** One attempt of a call of the clients. */
interface Sent {
  readonly content: string;
  readonly model: string;
  readonly stream: boolean;
  readonly headers: Readonly<Record<string, string>>;
}

/** A client that says by its headers which attempt it makes, as the official SDKs do. */
type Marks = 'marked' | 'unmarked';

function attemptOf(client: number, call: number, { attempt, marks }: { attempt: number; marks: Marks }): Sent {
  return {
    content: `client ${client} asks for ${call}`,
    model: call % 3 === 0 ? 'gpt-4o-mini' : 'gpt-4o',
    stream: call % 4 === 0,
    headers: marks === 'marked' ? { 'x-stainless-retry-count': String(attempt) } : {},
  };
}

async function ask(baseURL: string, { content, model, stream, headers }: Sent): Promise<number> {
  const body = { model, stream, messages: [{ role: 'user', content }] };
  try {
    const response = await postChat({ baseURL, apiKey: KEY }, body, headers);
    await response.text();
    return response.status;
  } catch {
    return 0;
  }
}

/** Clients that retry twice, whose requests go round robin over the replicas. */
async function drive({ origins }: Replicas, marks: Marks): Promise<void> {
  let next = 0;
  const client = async (number: number) => {
    for (let call = 0; call < CALLS; call++) {
      for (let attempt = 0; attempt < 3; attempt++) {
        next += 1;
        const origin = origins[next % origins.length] ?? '';
        if ((await ask(`${origin}/v1`, attemptOf(number, call, { attempt, marks }))) === 200) break;
      }
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
}

/** What was decided, as far as it may depend on what was decided before. */
function decision({ attemptSeq, status, errorCode, faultApplied, refusedBy }: JournalEntry) {
  return { attemptSeq, status, errorCode, rule: faultApplied?.rule, faults: faultApplied?.faults, refusedBy };
}

/** The same requests to one process, in the order that the log put them in. */
async function inOneProcess(
  scenario: string,
  entries: readonly JournalEntry[],
  sent: ReadonlyMap<string, Sent>,
): Promise<unknown[]> {
  const mock = await startMock(scenario);
  for (const { bodySha256, attemptSeq } of entries) {
    const request = sent.get(`${bodySha256} ${attemptSeq}`) ?? sent.get(bodySha256);
    if (request === undefined) throw new Error('the journal has a request that was never sent');
    await ask(mock.baseURL, request);
  }
  await mock.idle();
  return mock.journal().map(decision);
}

/** Each request that may have been sent, by its body as the journal knows it. */
async function requestsOf(marks: Marks): Promise<Map<string, Sent>> {
  const known = new Map<string, Sent>();
  const { createHash } = await import('node:crypto');
  for (let client = 0; client < CLIENTS; client++) {
    for (let call = 0; call < CALLS; call++) {
      for (let attempt = 0; attempt < 3; attempt++) {
        const { headers, ...sent } = attemptOf(client, call, { attempt, marks });
        const { content, model, stream } = sent;
        const body = JSON.stringify({ model, messages: [{ role: 'user', content }], stream });
        const sha = createHash('sha256').update(body).digest('hex');
        known.set(`${sha} ${attempt + 1}`, { ...sent, headers });
      }
    }
  }
  return known;
}

const count = fc.integer({ min: 1, max: 7 });
const faults = fc.constantFrom('overloaded', 'server_error', 'bad_gateway', 'ok', 'rate_limit', 'connection_reset');
const occurrence = fc.oneof(
  fc.record({ first: count }),
  fc.record({ after: count, times: count }),
  fc.record({ every: count }),
  fc.record({ every: fc.constant(2), times: count, per: fc.constantFrom('key', 'model') }),
  fc.record({ probability: fc.constantFrom(0.2, 0.5, 0.8) }),
  fc.constant({ attempts: '1..2' }),
);
const rule = fc.oneof(
  fc.tuple(occurrence, faults).map(([when, fault]) => ({ ...when, fault })),
  fc
    .tuple(fc.array(faults, { minLength: 1, maxLength: 4 }), fc.boolean(), fc.constantFrom('session', 'model', 'call'))
    .map(([sequence, repeat, per]) => ({ sequence, repeat, per })),
);
const scenarios = fc.record({
  seed: fc.integer({ min: 1, max: 1_000 }),
  rules: fc.array(rule, { minLength: 1, maxLength: 3 }),
  limits: fc.constantFrom({}, { '*': { rpd: 40 } }, { 'gpt-4o': { rpd: 15 }, '*': { rpd: 30 } }),
});

const under = sharedReplicas(3);

describe.skipIf(STORE_PROGRAM === undefined)(`three replicas at one store${NEEDS_STORE}`, () => {
  test.each(['marked', 'unmarked'] as const)(
    'decide as one process does that meets the same requests in the order of the log; clients are %s',
    async (marks) => {
      const sent = await requestsOf(marks);
      await fc.assert(
        fc.asyncProperty(scenarios, async (scenario) => {
          const text = JSON.stringify(scenario);
          const replicas = await under(text);
          await drive(replicas, marks);
          const journals = [];
          for (const replica of [0, 1, 2])
            journals.push((await replicas.admin<{ entries: JournalEntry[] }>('/__admin/journal', {}, replica)).entries);
          const [journal = [], ...others] = journals;
          for (const other of others) expect(other).toEqual(journal);
          expect(journal.map(decision)).toEqual(await inOneProcess(text, journal, sent));
        }),
        { numRuns: propertyRuns(2) },
      );
    },
    60_000,
  );
});
