import { z } from 'zod';
import { duration, record } from '../schema/fields.ts';
import { bytesOf } from '../wire/bytes.ts';
import type { Effect, Reply, Write } from '../wire/effect.ts';
import { pieceOf } from '../wire/piece-of.ts';
import { SEGMENT_GAP } from '../wire/segment-gap.ts';
import { defineStreamFault } from './stream-fault.ts';

const LINE_FEED = 0x0a;

const LINE_ENDINGS = { lf: '\n', crlf: '\r\n', cr: '\r' } as const;

/** Whatever the event stream format allows (WHATWG HTML, 9.2.6) and OpenAI does not do today. The events are the same. */
export const reframedStream = defineStreamFault({
  name: 'reframed_stream',
  summary: 'the same events, framed as the format allows: CRLF, comments, retry fields, other segments (legal)',
  leaves: 'complete',
  params: record({
    line_ending: z.enum(['lf', 'crlf', 'cr']).default('crlf'),
    comments: z.boolean().default(true).describe('comment lines before events and between them'),
    retry: duration().nullable().default(3_000).describe('a retry field at the beginning; null for none'),
    segments: z.boolean().default(true).describe('splits every third event between TCP segments, joins the others in one'),
  }).prefault({}),
  *apply(reply, { line_ending: ending, comments, retry, segments }) {
    const newline = LINE_ENDINGS[ending];
    const reframed = reframe(reply, { newline, comments, retry });
    yield* segments ? resegment(reframed) : reframed;
  },
});

interface Framing {
  readonly newline: string;
  readonly comments: boolean;
  readonly retry: number | null;
}

function* reframe(reply: Reply, framing: Framing): Reply {
  let count = 0;
  let inside = false;
  for (const effect of reply) {
    if (effect.type !== 'write') {
      yield effect;
      continue;
    }
    if (!inside) count += 1;
    const before = inside ? '' : fieldsBefore(count, framing);
    inside = effect.partOf !== undefined;
    yield { ...effect, data: withLineEnding(prefixed(before, effect.data), framing.newline) };
  }
}

/** What comes before the event of that number: fields and comments that say nothing. */
function fieldsBefore(count: number, { comments, retry }: Framing): string {
  const first = count === 1 && retry !== null ? `retry: ${Math.ceil(retry)}\n\n` : '';
  const comment = comments && count % 2 === 1 ? `: keep-alive ${count}\n${count % 4 === 1 ? '\n' : ''}` : '';
  return first + comment;
}

function prefixed(before: string, data: string | Uint8Array): string | Uint8Array {
  if (typeof data === 'string') return before + data;
  return Uint8Array.from([...bytesOf(before), ...data]);
}

/** What is written, with another ending for its lines. */
function withLineEnding(data: string | Uint8Array, newline: string): string | Uint8Array {
  if (typeof data === 'string') return data.replaceAll('\n', newline);
  const ending = bytesOf(newline);
  return Uint8Array.from([...data].flatMap((byte) => (byte === LINE_FEED ? [...ending] : [byte])));
}

/** Of three events, the first is split between two segments, the second waits for the third and leaves with it. */
function* resegment(reply: Reply): Reply {
  let count = 0;
  let waiting: Effect | undefined;
  for (const effect of reply) {
    if (effect.type === 'wait') {
      yield effect;
      continue;
    }
    if (effect.type === 'write' && count % 3 === 1 && effect.event !== 'sentinel') {
      waiting = effect;
      count += 1;
      continue;
    }
    if (waiting !== undefined) yield waiting;
    waiting = undefined;
    if (effect.type === 'write' && count % 3 === 0) yield* split(effect, count / 3);
    else yield effect;
    if (effect.type === 'write') count += 1;
  }
}

/** Cuts an event in two: within the word `data`, in the middle, or within the line ending, by turns. */
function* split(event: Write, turn: number): Reply {
  const bytes = bytesOf(event.data);
  const at = [2, Math.floor(bytes.length / 2), bytes.length - 3, bytes.length - 1][turn % 4] ?? 1;
  yield pieceOf(event, bytes.subarray(0, at), false);
  yield SEGMENT_GAP;
  yield { ...event, data: bytes.subarray(at) };
}
