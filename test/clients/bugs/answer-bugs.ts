import { carelessClient } from '../careless-client.ts';
import { goodClient } from '../good-client.ts';
import { sharing } from '../sharing.ts';
import { always, type Bug, counting, jittered, once, STREAM, twice } from './bug.ts';

/** Clients that mistake what an answer says, or what a request is. */
export const answerBugs: readonly Bug[] = [
  {
    row: '5 vercel/ai #4726',
    symptom: 'calls an error answer an empty success',
    scenario: always('invalid_value'),
    client: async (tools) => {
      await tools.request();
      return '';
    },
    fail: ['stream_error_surfaced'],
  },
  {
    row: '17 pi #4345',
    symptom: 'takes a truncated stream for a complete answer',
    scenario: always({ truncated_stream: { after_chunks: 2, end: 'clean' } }),
    client: carelessClient({ body: STREAM, read: () => 'whatever came' }),
    good: { body: STREAM },
    warn: ['truncated_stream_noticed'],
  },
  {
    row: '48 NeoGraph #124',
    symptom: 'an error frame in the stream is an empty success',
    scenario: always({ stream_error: { after_chunks: 0 } }),
    client: carelessClient({ body: STREAM, read: () => '' }),
    good: { body: STREAM },
    fail: ['stream_error_surfaced'],
  },
  {
    row: '49 term-llm #448',
    symptom: 'a chunk that is no JSON is passed over',
    scenario: always('malformed_chunk'),
    client: carelessClient({ body: STREAM, read: () => 'what could be parsed' }),
    good: { body: STREAM },
    fail: ['stream_error_surfaced'],
  },
  {
    row: '49b axios',
    symptom: 'half a body is returned as a string',
    scenario: always('malformed_json'),
    client: carelessClient({ read: (text) => text }),
    fail: ['stream_error_surfaced'],
  },
  {
    row: '51 nuguard #455',
    symptom: 'a replay after partial output is glued to it',
    scenario: once({ truncated_stream: { after_chunks: 6, end: 'reset' } }),
    client: carelessClient({ body: STREAM }),
    good: { body: STREAM },
    fail: ['no_silent_replay'],
  },
  {
    row: '53 opencode #16366',
    symptom: 'a stalled stream is held for ever',
    scenario: always({ stalled_stream: { after_chunks: 2 } }),
    client: carelessClient({ body: STREAM }),
    // What ends with the program was not left by itself.
    twin: (tools, signal) => goodClient({ body: STREAM })(tools, signal).finally(() => tools.sleep(1_000)),
    info: ['stalled_stream_noticed'],
  },
  {
    row: '65 openai 4.20',
    symptom: 'reads a stream to the end of the connection, not to [DONE]',
    scenario: always('open_after_done'),
    client: carelessClient({ body: STREAM }),
    good: { body: STREAM, idleMs: 3_000 },
    world: { untilMs: 20_000 },
    fail: ['settles'],
  },
  {
    row: 'E1',
    symptom: 'puts the time into the body of each attempt',
    scenario: twice('server_error'),
    client: carelessClient({ bodyOf: (k) => ({ user: `at ${k}` }), wait: jittered(1_000) }),
    warn: ['same_body'],
  },
  {
    row: 'E2',
    symptom: 'makes a new idempotency key for each attempt',
    scenario: twice('server_error'),
    client: carelessClient({ headers: (k) => ({ 'idempotency-key': `key-${k}` }), wait: jittered(1_000) }),
    twin: carelessClient({ headers: () => ({ 'idempotency-key': 'key' }), wait: jittered(1_000) }),
    fail: ['same_idempotency_key'],
  },
  {
    row: 'E3 LangChain',
    symptom: 'counts every attempt as the first, in one layer: nothing is wrong',
    scenario: twice('server_error'),
    client: carelessClient({ headers: () => counting(1), wait: jittered(1_000) }),
  },
  {
    row: 'F1 client-go',
    symptom: 'does not give back the connection of an answer that failed, and waits for ever for a free one',
    scenario: always('overloaded'),
    client: sharing(
      () => ({ free: 20 }),
      (pool) => async (tools) => {
        for (let k = 1; k <= 4; k++) {
          while (pool.free === 0) await tools.sleep(1_000);
          pool.free -= 1;
          await tools.request();
          await tools.sleep(jittered(1_000)(k, undefined, tools.random));
        }
        throw new Error('four attempts failed');
      },
    ),
    world: { calls: 8, untilMs: 60_000 },
    fail: ['connection_hygiene'],
  },
];
