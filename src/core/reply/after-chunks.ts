import type { Effect, Reply, Write } from './effect.ts';

/** What follows the first content chunks of a stream. `last` is the last of them; `rest` what would have come. */
type Sequel = (rest: Iterable<Effect>, last: Write | undefined) => Reply;

/**
 * A stream up to its n-th content chunk, and then something else. Of a shorter answer all content chunks come first, and
 * what closes it (finish chunks, usage, `[DONE]`) is left to the rest. Nothing is waited for after the last of them.
 */
export function* afterChunks(reply: Reply, count: number, sequel: Sequel): Reply {
  const source = reply[Symbol.iterator]();
  /** Finish chunks of choices that are over while others go on. */
  let held: Effect[] = [];
  let last: Write | undefined;
  let left = count;
  let begun = false;
  for (let next = source.next(); next.done !== true; next = source.next()) {
    const effect = next.value;
    const place = placeOf(effect);
    begun ||= place === 'head';
    if (place === 'close' || (begun && left === 0 && place !== 'head' && place !== 'opening')) {
      yield* sequel(following([...held, effect], source), last);
      return;
    }
    if (place === 'finish') {
      held.push(effect);
      continue;
    }
    if (place === 'content' && effect.type === 'write') {
      yield* held;
      held = [];
      last = effect;
      left -= 1;
    }
    yield effect;
  }
}

/** Where an effect stands in a stream; `close` is what comes when all content has. */
function placeOf(effect: Effect): 'head' | 'opening' | 'content' | 'finish' | 'close' | 'between' {
  if (effect.type === 'head') return 'head';
  if (effect.type === 'wait') return 'between';
  if (effect.type !== 'write') return 'close';
  switch (effect.event) {
    case undefined:
      return 'between';
    case 'opening':
    case 'content':
    case 'finish':
      return effect.event;
    default:
      return 'close';
  }
}

function* following(first: readonly Effect[], rest: Iterator<Effect>): Iterable<Effect> {
  yield* first;
  yield* { [Symbol.iterator]: () => rest };
}
