import type { Effect } from '../../wire/effect.ts';

/** One of several texts that are streamed side by side. */
export interface ContentGenerator {
  readonly deltas: Iterable<Effect>;
  /** The last effect, made when its time has come. */
  finish(): Effect;
}

/**
 * Texts side by side: the first delta of each, the second of each, and so on, a wait between the rounds; each finishes
 * in the round after its last delta.
 */
export function interleaved(speakers: readonly ContentGenerator[], nextWaitMs: () => number): Iterable<Effect> {
  const [speaker, ...others] = speakers;
  return speaker !== undefined && others.length === 0 ? alone(speaker, nextWaitMs) : inTurn(speakers, nextWaitMs);
}

function* alone({ deltas, finish }: ContentGenerator, nextWaitMs: () => number): Iterable<Effect> {
  let first = true;
  for (const delta of deltas) {
    const ms = first ? 0 : nextWaitMs();
    first = false;
    if (ms > 0) yield { type: 'wait', ms };
    yield delta;
  }
  yield finish();
}

function* inTurn(speakers: readonly ContentGenerator[], nextWaitMs: () => number): Iterable<Effect> {
  let live = speakers.map(({ deltas, finish }) => ({ deltas: deltas[Symbol.iterator](), finish }));
  for (let round = 0; live.length > 0; round++) {
    const next: typeof live = [];
    let waited = round === 0;
    for (const speaker of live) {
      const { value, done } = speaker.deltas.next();
      if (done === true) {
        yield speaker.finish();
        continue;
      }
      const ms = waited ? 0 : nextWaitMs();
      waited = true;
      if (ms > 0) yield { type: 'wait', ms };
      yield value;
      next.push(speaker);
    }
    live = next;
  }
}
