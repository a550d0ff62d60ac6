import { restOf } from '../collections/rest-of.ts';
import type { Effect, Reply, Write } from './effect.ts';

/** What follows the first content chunks of a stream. `last` is the last of them, in its pieces; `rest` what would have come. */
type Sequel = (rest: Iterable<Effect>, last: readonly Write[]) => Reply;

/**
 * A stream up to its n-th content chunk, and then something else. Of a shorter answer all content chunks come first, and
 * what closes it (finish chunks, usage, `[DONE]`) is left to the rest; one that is cut before stays as it is. Nothing is
 * waited for after the last of them.
 */
export function* afterChunks(reply: Reply, count: number, sequel: Sequel): Reply {
  const source = reply[Symbol.iterator]();
  /** What ends choices, or items, that are over while others go on. */
  const held: Effect[] = [];
  const progress: Progress = { begun: false, left: count, pieces: [], last: [] };
  for (let next = source.next(); next.done !== true; next = source.next()) {
    const effect = next.value;
    const place = placeOf(effect);
    if (isOver(progress, place)) {
      yield* sequel(following([...held, effect], source), progress.last);
      return;
    }
    note(progress, effect, place);
    if (place === 'finish') held.push(effect);
    else {
      if (place === 'content' || place === 'cut' || place === 'progress') yield* held.splice(0);
      yield effect;
    }
  }
}

type Place = 'head' | 'opening' | 'progress' | 'content' | 'finish' | 'close' | 'cut' | 'between';

/** How far a stream has got. */
interface Progress {
  /** The head has come. */
  begun: boolean;
  /** Content chunks that are still to come. */
  left: number;
  /** Of the event that is on its way. */
  pieces: Write[];
  /** Of the last content chunk. */
  last: readonly Write[];
}

function isOver({ begun, left, pieces }: Progress, place: Place): boolean {
  return place === 'close' || (begun && left === 0 && pieces.length === 0 && place !== 'opening');
}

function note(progress: Progress, effect: Effect, place: Place): void {
  if (place === 'head') progress.begun = true;
  if (effect.type !== 'write') return;
  progress.pieces.push(effect);
  if (effect.partOf !== undefined) return;
  if (place === 'content') {
    progress.last = progress.pieces;
    progress.left -= 1;
  }
  progress.pieces = [];
}

/** Where an effect stands in a stream; `close` is what comes when all content has, `cut` what ends it before. */
function placeOf(effect: Effect): Place {
  switch (effect.type) {
    case 'head':
      return 'head';
    case 'wait':
    case 'go_away':
      return 'between';
    case 'end':
      return 'close';
    case 'close':
    case 'reset':
    case 'reset_stream':
    case 'fail_handshake':
    case 'hang':
      return 'cut';
    case 'write':
      return placeOfEvent(effect.event ?? effect.partOf);
  }
}

function placeOfEvent(event: Write['event']): Place {
  switch (event) {
    case undefined:
      return 'between';
    case 'opening':
    case 'progress':
    case 'content':
    case 'finish':
      return event;
    default:
      return 'close';
  }
}

function* following(first: readonly Effect[], rest: Iterator<Effect>): Iterable<Effect> {
  yield* first;
  yield* restOf(rest);
}
