import type { StreamFollower } from '../openai/wire/stream-grammar.ts';
import { duration, record } from '../schema/fields.ts';
import { afterChunks } from '../wire/after-chunks.ts';
import type { Effect, Reply } from '../wire/effect.ts';
import { followed } from './followed.ts';
import { afterChunksParam, defineStreamFault } from './stream-fault.ts';

/** So many of them come where the scenario does not say for how long. */
const USUAL_EVENTS = 3;

/** An event that no documentation names. It has a number of its own, so that those behind it have others (seen in January to July 2026). */
export const keepaliveEvents = defineStreamFault({
  name: 'keepalive_events',
  summary: 'a stream of Responses is silent for a while, but for keepalive events (legal)',
  leaves: 'complete',
  needs: ['keepalive'],
  source: 'https://github.com/openai/openai-node/issues/1964',
  params: record({
    ...afterChunksParam,
    every: duration().default(1_000).describe('also in each silence of the stream that lasts longer'),
    for: duration().optional().describe('how long the silence lasts; default three times as long'),
  }).prefault({}),
  apply: (reply, { after_chunks: count, every, for: ms = USUAL_EVENTS * every }, { request }) =>
    followed(request.endpoint?.stream, (follower) => {
      const silent = afterChunks(reply, count, function* (rest) {
        yield { type: 'wait', ms };
        yield* rest;
      });
      return follower === undefined ? silent : keptAlive(silent, every, follower);
    }),
});

/** The stream with keepalive events in it; those behind them are numbered anew. */
function* keptAlive(reply: Reply, everyMs: number, follower: StreamFollower): Reply {
  let events = 0;
  for (const effect of withMarks(reply, everyMs)) {
    if (effect === MARK) {
      events += 1;
      yield follower.keepalive?.() ?? NOTHING;
    } else if (effect.type === 'write') yield follower.postponed?.(effect, events) ?? effect;
    else yield effect;
  }
}

/** Where a keepalive event belongs. */
const MARK = 'keepalive';
const NOTHING: Effect = { type: 'wait', ms: 0 };

/** Marks each silence once the stream has begun, as often as one event lies between two. */
function* withMarks(reply: Reply, everyMs: number): Iterable<Effect | typeof MARK> {
  let begun = false;
  for (const effect of reply) {
    begun ||= effect.type === 'write';
    if (effect.type === 'wait' && effect.until === undefined && begun) yield* silence(effect.ms, Math.max(1, everyMs));
    else yield effect;
  }
}

function* silence(ms: number, everyMs: number): Iterable<Effect | typeof MARK> {
  let left = ms;
  for (; left >= everyMs; left -= everyMs) {
    yield { type: 'wait', ms: everyMs };
    yield MARK;
  }
  if (left > 0) yield { type: 'wait', ms: left };
}
