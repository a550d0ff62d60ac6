import type { EventKind, Write } from '../../wire/effect.ts';
import { asRecord } from '../request/request.ts';
import type { StreamFollower, StreamGrammar } from './stream-grammar.ts';

/** What every event begins with. */
export const DATA = 'data: ';

/** One server-sent event as OpenAI frames it (wire.md 3.3). */
export function event(kind: EventKind, data: string): Write {
  return { type: 'write', data: `${DATA}${data}\n\n`, event: kind };
}

/** The last event of every stream of chunks. */
export const DONE: Write = event('sentinel', '[DONE]');

/** Streams of chunks that end with `[DONE]` (wire.md 3.3). An error is one event (wire.md 1.6; of completions not captured). */
export const chunkGrammar: StreamGrammar = {
  completion: 'sentinel',
  needsCompletion: false,
  features: ['finish reason'],
  usageEvent: (fields) => (asRecord(fields['stream_options'])?.['include_usage'] === true ? 'usage' : undefined),
  sentinel: DONE,
  follow: () => CHUNK_FOLLOWER,
};

/** An error of these streams is the same at each place. */
const CHUNK_FOLLOWER: StreamFollower = {
  note() {},
  error: (error) => [event('error', JSON.stringify({ error }))],
};
