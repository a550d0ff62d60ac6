import type { Effect, EventKind } from '../../wire/effect.ts';

/** An event of a stream, in its pieces with the waits between them; or an effect that is no part of any. */
export interface QueuedEvent {
  /** Undefined for what is no event. */
  readonly kind: EventKind | undefined;
  readonly effects: readonly Effect[];
}

/** So far a queue looks ahead: signs of life may go on for ever. */
const MAX_AHEAD = 1_000;

/** The effects of a stream, event by event. What comes next can be looked at before it is taken: effects that wait cost no time. */
export class EventQueue {
  readonly #source: Iterator<Effect>;
  readonly #ahead: QueuedEvent[] = [];

  constructor(source: Iterator<Effect>) {
    this.#source = source;
  }

  /** The next event, or the next effect that is no part of one; undefined at the end. */
  take(): QueuedEvent | undefined {
    return this.#ahead.shift() ?? this.#read();
  }

  /** Puts back what was taken last. */
  putBack(event: QueuedEvent): void {
    this.#ahead.unshift(event);
  }

  /** The kind of the next event of one of these kinds; undefined where none comes. Where it is too far away to tell, `progress`. */
  kindOfNext(kinds?: ReadonlySet<EventKind>): EventKind | undefined {
    for (let place = 0; place < MAX_AHEAD; place++) {
      const next = this.#ahead[place] ?? this.#readAhead();
      if (next === undefined) return undefined;
      if (next.kind !== undefined && (kinds?.has(next.kind) ?? true)) return next.kind;
    }
    return 'progress';
  }

  #readAhead(): QueuedEvent | undefined {
    const next = this.#read();
    if (next !== undefined) this.#ahead.push(next);
    return next;
  }

  #read(): QueuedEvent | undefined {
    const effects: Effect[] = [];
    for (let next = this.#source.next(); next.done !== true; next = this.#source.next()) {
      const effect = next.value;
      effects.push(effect);
      if (effect.type === 'write' && effect.partOf === undefined) return { kind: effect.event, effects };
      const isInside = effects.some(({ type }) => type === 'write');
      const goesOn = effect.type === 'write' || (effect.type === 'wait' && isInside);
      if (!goesOn) return { kind: undefined, effects };
    }
    return effects.length === 0 ? undefined : { kind: undefined, effects };
  }
}
