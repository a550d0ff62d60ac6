import { z } from 'zod';
import { restOf } from '../collections/rest-of.ts';
import type { ReplyContext } from '../openai/request/reply-context.ts';
import { isStreamed } from '../openai/request/request.ts';
import { duration, record } from '../schema/fields.ts';
import type { Reply } from '../wire/effect.ts';

const ONE_LINE = /^[^\r\n]*$/;

const heartbeat = record({
  every: duration().default(1_000).describe('pause between two; in a silence that lasts longer'),
  text: z.string().max(1_000).regex(ONE_LINE, { error: 'is one line' }).default('keep-alive'),
  as: z
    .enum(['comment', 'data', 'event'])
    .default('comment')
    .describe('a comment line, which clients skip; the data of an event; the data of an event with the name ping'),
});

type Heartbeat = z.output<typeof heartbeat>;

/** Parameters of faults that make a client wait. */
export const silenceParams = {
  head: z.literal('early').optional().describe('early: status and head come at once, and the silence after them'),
  heartbeat: heartbeat.optional().describe('signs of life in a stream that is silent; the head comes before them'),
};

export interface Silence {
  readonly head?: 'early' | undefined;
  readonly heartbeat?: Heartbeat | undefined;
}

const FRAMES = {
  comment: (text: string) => `: ${text}\n\n`,
  data: (text: string) => `data: ${text}\n\n`,
  event: (text: string) => `event: ping\ndata: ${text}\n\n`,
} as const satisfies Record<Heartbeat['as'], (text: string) => string>;

/** The heartbeat, where the answer is a stream that can have one: frames of a WebSocket have no comments. */
export function heartbeatIn({ heartbeat: given }: Silence, { request }: ReplyContext): Heartbeat | undefined {
  return isStreamed(request) && request.turn === undefined ? given : undefined;
}

/** Whether the head comes before the silence. */
export function isHeadEarly(silence: Silence, context: ReplyContext): boolean {
  return silence.head === 'early' || heartbeatIn(silence, context) !== undefined;
}

/** So many milliseconds of silence, or all that are left of the exchange; with signs of life in it. To begin between two events. */
export function* silent(ms: number | undefined, beat: Heartbeat | undefined): Reply {
  if (beat === undefined) {
    yield ms === undefined ? { type: 'hang' } : { type: 'wait', ms };
    return;
  }
  // Without a pause there is no silence.
  const every = Math.max(1, beat.every);
  let left = ms ?? Number.POSITIVE_INFINITY;
  for (; left > every; left -= every) {
    yield { type: 'wait', ms: every };
    yield { type: 'write', data: FRAMES[beat.as](beat.text) };
  }
  yield { type: 'wait', ms: left };
}

/** The reply with its head at once. What it would have waited for before comes after the head, together with what follows it there. */
export function* headFirst(reply: Reply, behindHead: (heldMs: number) => Reply): Reply {
  const effects = reply[Symbol.iterator]();
  let heldMs = 0;
  for (let next = effects.next(); next.done !== true; next = effects.next()) {
    const effect = next.value;
    if (effect.type === 'wait' && effect.until === undefined) heldMs += effect.ms;
    else if (effect.type === 'head') {
      yield effect;
      yield* behindHead(heldMs);
      yield* restOf(effects);
      return;
    } else {
      // Without a head, or before it can be known, the reply keeps its pace.
      if (heldMs > 0) yield { type: 'wait', ms: heldMs };
      heldMs = 0;
      yield effect;
    }
  }
}
