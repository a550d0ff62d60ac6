import { restOf } from '../../collections/rest-of.ts';
import type { Effect, EventKind, Reply, Write } from '../../wire/effect.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { type Fields, fieldsOf } from '../request/request.ts';
import type { AnswerEditor } from './answer-editor.ts';
import { dataOf, NUMBER } from './edited-answer.ts';
import { EventQueue, type QueuedEvent } from './event-queue.ts';
import { mergePatch } from './merge-patch.ts';
import type { StreamGrammar } from './stream-grammar.ts';

/**
 * A place in a stream. `finish` is the last event that says that the answer, or a part of it, has ended. A number is that of a content
 * event, from 1: of a shorter answer the last, of one without any the event that ends it.
 */
export type StreamPlace = 'first' | 'finish' | 'usage' | 'last' | number;

/** The data of an event: JSON, or any text in one line. */
export type EventData = Fields | string;

/** What is done at a place. `insert` puts an event before it, at `last` behind it. `merge` is a JSON Merge Patch. */
export type StreamAction =
  | { readonly do: 'insert' | 'replace'; readonly event: EventData }
  | { readonly do: 'merge'; readonly event: Fields }
  | { readonly do: 'repeat' | 'drop' };

export interface StreamEdit {
  readonly at: StreamPlace;
  readonly action: StreamAction;
}

/**
 * The stream with an edit of one event. The others stay as they are, but where events are numbered: those behind an event that came
 * or went have the numbers that follow. An error answer stays as it is.
 */
export function* withStreamEdit(reply: Reply, edit: StreamEdit, { request }: ReplyContext): Reply {
  const { stream: grammar, answer: editor } = request.endpoint ?? {};
  const effects = reply[Symbol.iterator]();
  for (let next = effects.next(); next.done !== true; next = effects.next()) {
    yield next.value;
    if (next.value.type !== 'head') continue;
    if (next.value.status !== 200 || grammar === undefined || editor === undefined) yield* restOf(effects);
    else yield* editedEvents(effects, edit, { grammar, editor, usage: grammar.usageEvent(fieldsOf(request)) });
    return;
  }
}

/** How the stream is written. */
interface Writing {
  readonly grammar: StreamGrammar;
  readonly editor: AnswerEditor;
  readonly usage: EventKind | undefined;
}

function* editedEvents(effects: Iterator<Effect>, { at, action }: StreamEdit, { grammar, editor, usage }: Writing): Reply {
  const queue = new EventQueue(effects);
  const place = new Place(at, queue, usage);
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    if (!place.isAt(next)) {
      yield* next.effects;
      continue;
    }
    const { sent, followed, shift } = edited(next, action, { isBehind: at === 'last', editor });
    yield* sent;
    if (followed) queue.putBack(next);
    yield* shifted(queue, shift, grammar);
  }
}

/** Looks for the place of an edit, event by event. */
class Place {
  readonly #at: StreamPlace;
  readonly #queue: EventQueue;
  readonly #usage: EventKind | undefined;
  #contents = 0;

  constructor(at: StreamPlace, queue: EventQueue, usage: EventKind | undefined) {
    this.#at = at;
    this.#queue = queue;
    this.#usage = usage;
  }

  isAt({ kind }: QueuedEvent): boolean {
    if (kind === undefined || kind === 'sentinel') return false;
    switch (this.#at) {
      case 'first':
        return true;
      case 'finish':
        return kind === 'finish' && isClosing(this.#queue.kindOfNext(AFTER_FINISH));
      case 'usage':
        return kind === this.#usage;
      case 'last':
        return (this.#queue.kindOfNext() ?? 'sentinel') === 'sentinel';
      default:
        return this.#isContent(kind, this.#at);
    }
  }

  #isContent(kind: EventKind, number: number): boolean {
    if (kind === 'content') this.#contents += 1;
    if (kind === 'content' && this.#contents === number) return true;
    if (kind === 'content') return isClosing(this.#queue.kindOfNext(AFTER_CONTENT));
    return this.#contents === 0 && ENDINGS.has(kind) && isClosing(this.#queue.kindOfNext(AFTER_FINISH));
  }
}

/** With these, or a part of them, an answer ends. */
const ENDINGS: ReadonlySet<EventKind> = new Set(['finish', 'completion']);
/** What comes when all of an answer has. */
const CLOSING: ReadonlySet<EventKind> = new Set(['usage', 'error', 'completion', 'sentinel']);
const AFTER_CONTENT: ReadonlySet<EventKind> = new Set(['content', ...CLOSING]);
const AFTER_FINISH: ReadonlySet<EventKind> = new Set(['content', 'finish', ...CLOSING]);

function isClosing(next: EventKind | undefined): boolean {
  return next === undefined || CLOSING.has(next);
}

interface Edited {
  readonly sent: Iterable<Effect>;
  /** The event follows that was at the place. */
  readonly followed: boolean;
  /** By so much the numbers of all that follows change. */
  readonly shift: number;
}

function edited(
  place: QueuedEvent,
  action: StreamAction,
  { isBehind, editor }: { readonly isBehind: boolean; readonly editor: AnswerEditor },
): Edited {
  const { effects, kind = 'progress' } = place;
  const fields = dataOf(effects.filter((effect): effect is Write => effect.type === 'write'));
  const number = typeof fields?.[NUMBER] === 'number' ? fields[NUMBER] : undefined;
  const isNumbered = number !== undefined;
  switch (action.do) {
    case 'insert': {
      const at = isNumbered && isBehind ? number + 1 : number;
      const given = written(numbered(action.event, at), 'progress', editor);
      const shift = isNumbered && !hasNumber(action.event) ? 1 : 0;
      return isBehind ? { sent: [...effects, given], followed: false, shift } : { sent: [given], followed: true, shift };
    }
    case 'repeat':
      return { sent: effects, followed: true, shift: 0 };
    case 'drop':
      return { sent: effects.filter(({ type }) => type !== 'write'), followed: false, shift: isNumbered ? -1 : 0 };
    case 'replace':
      return { sent: [written(numbered(action.event, number), kind, editor)], followed: false, shift: 0 };
    case 'merge': {
      const merged = fields && (mergePatch(fields, action.event) as Fields);
      return { sent: merged === undefined ? effects : [written(merged, kind, editor)], followed: false, shift: 0 };
    }
  }
}

function hasNumber(event: EventData): boolean {
  return typeof event === 'string' || NUMBER in event;
}

/** With the number of its place, where events have one and it does not bring its own. */
function numbered(event: EventData, number: number | undefined): EventData {
  return typeof event === 'string' || NUMBER in event || number === undefined ? event : { ...event, [NUMBER]: number };
}

/** An event has a name where its family names events, and its data has a type. */
function written(event: EventData, kind: EventKind, editor: AnswerEditor): Write {
  const data = typeof event === 'string' ? `data: ${event}\n\n` : editor.printEvent(event);
  return { type: 'write', data, event: kind };
}

/** All that is left, with other numbers. */
function* shifted(queue: EventQueue, shift: number, grammar: StreamGrammar): Reply {
  const follower = grammar.follow();
  for (let next = queue.take(); next !== undefined; next = queue.take()) {
    for (const effect of next.effects) {
      yield effect.type === 'write' ? (follower.postponed?.(effect, shift) ?? effect) : effect;
    }
  }
}
