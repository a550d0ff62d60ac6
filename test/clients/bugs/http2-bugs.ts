import { carelessClient } from '../careless-client.ts';
import { always, type Bug, jittered, once, STREAM } from './bug.ts';

const REFUSED = { stream_reset: { code: 'refused_stream' } };
const GOING = { goaway: { serve_open: false } };
const world = { http2: true } as const;

/** Clients that do not know what becomes of streams of HTTP/2. */
export const http2Bugs: readonly Bug[] = [
  {
    row: 'H1 RFC 9113 §8.7',
    symptom: 'gives up on a stream that was refused',
    scenario: once(REFUSED),
    client: carelessClient({ attempts: 1 }),
    warn: ['retries_refused_stream'],
    world,
  },
  {
    row: 'H1 declared',
    symptom: 'gives up on a stream that was refused, which it declares not to',
    scenario: once(REFUSED),
    client: carelessClient({ attempts: 1 }),
    policy: { retries: ['transport'] },
    fail: ['retries_refused_stream'],
    world,
  },
  {
    row: 'H2 RFC 9113 §6.8',
    symptom: 'gives up on a stream that a GOAWAY says was not processed',
    scenario: once(GOING),
    client: carelessClient({ attempts: 1 }),
    warn: ['retries_refused_stream'],
    world,
  },
  {
    row: 'H3',
    symptom: 'sends a refused stream again and again without a wait',
    scenario: always(REFUSED),
    client: carelessClient({ attempts: 60, wait: () => 1 }),
    fail: ['bounded_attempts', 'no_hot_retry'],
    world,
  },
  {
    row: 'H4',
    symptom: 'glues the answer of a new stream to what came before a reset',
    scenario: once({ stream_reset: { at: 'body', after_bytes: 3_000 } }),
    client: carelessClient({ body: STREAM }),
    good: { body: STREAM },
    fail: ['no_silent_replay'],
    world,
  },
  {
    row: 'H5',
    symptom: 'does not come back after a stream that was reset, which it declares to',
    scenario: once({ stream_reset: { code: 'internal_error' } }),
    client: carelessClient({ attempts: 1 }),
    policy: { retries: ['transport'] },
    fail: ['retries_transport'],
    world,
  },
  {
    row: 'H6 Go',
    symptom: 'has a network stack that sends a refused stream again at once: nothing is wrong',
    scenario: once(REFUSED),
    client: carelessClient({ wait: (k) => (k === 1 ? 0.1 : jittered(1_000)(k, undefined, () => 0.5)) }),
    world,
  },
];
