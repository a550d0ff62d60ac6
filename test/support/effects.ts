import type { Effect, Head, Reply } from '../../src/core/wire/effect.ts';

/** A reply, read to its end. */
export interface Collected {
  /** The last head that was sent; undefined when there was none. */
  readonly head: Head | undefined;
  /** Everything written, as text. */
  readonly text: string;
  readonly effects: readonly Effect[];
}

/** No client waits for longer: signs of life may go on for ever. */
const LONGEST_MS = 3_600_000;

/** Reads a reply to its end, or for an hour of its waits. */
export function collect(reply: Reply): Collected {
  const effects: Effect[] = [];
  let waitedMs = 0;
  for (const effect of reply) {
    effects.push(effect);
    if (effect.type === 'wait') waitedMs += effect.ms;
    if (waitedMs > LONGEST_MS) break;
  }
  const decoder = new TextDecoder();
  let head: Head | undefined;
  let text = '';
  for (const effect of effects) {
    if (effect.type === 'head') head = effect;
    if (effect.type === 'write') {
      text += typeof effect.data === 'string' ? effect.data : decoder.decode(effect.data, { stream: true });
    }
  }
  return { head, text: text + decoder.decode(), effects };
}

/** The value of a header of the reply, by its name in any casing; undefined when it was not sent. */
export function headerOf({ head }: Collected, name: string): string | undefined {
  return head?.headers.find(([sent]) => sent.toLowerCase() === name.toLowerCase())?.[1];
}
