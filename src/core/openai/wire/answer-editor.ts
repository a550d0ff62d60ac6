import type { EventKind } from '../../wire/effect.ts';

/** A JSON object. */
type Fields = Readonly<Record<string, unknown>>;

/** How calls of functions are damaged. */
export const CALL_DAMAGES = ['cut', 'malformed', 'unknown_tool', 'same_index', 'empty_arguments', 'repeated_id'] as const;

export type CallDamage = (typeof CALL_DAMAGES)[number];

/** A call of a function as a client reads it. */
export interface SaidCall {
  readonly id: string;
  readonly arguments: string;
}

/** Puts the calls of one answer together, from its one body or from event after event. */
export interface CallReader {
  /** Reads the body, or the next event. */
  read(part: Fields): void;
  /** The calls that were read, each with the arguments that have come. */
  readonly calls: readonly SaidCall[];
}

/** An event of a stream, as JSON. */
export interface EditedEvent {
  readonly kind: EventKind;
  readonly fields: Fields;
}

/** Changes one answer. It remembers the events that it has seen. */
export interface AnswerEdit {
  /** The answer in one piece. */
  body(answer: Fields): Fields;
  /** What is sent in place of an event of the answer. */
  event(event: EditedEvent): readonly EditedEvent[];
}

/** How a family writes an answer that is damaged. Each function but the last three makes a change for one answer. */
export interface AnswerEditor {
  /** Nothing was answered: `choices: []`, `output: []`. */
  emptied(): AnswerEdit;
  /** There is an answer, and what it says is null. */
  silenced(): AnswerEdit;
  withoutUsage(): AnswerEdit;
  /** It names that model. */
  ofModel(model: string): AnswerEdit;
  /** Its calls of functions are damaged. Without it, answers of the family call none. */
  withDamagedCalls?(how: CallDamage): AnswerEdit;
  /** Reads the calls of one answer. Without it, answers of the family call none. */
  callReader?(): CallReader;
  /** The body in one piece as the family prints it. */
  printBody(body: Fields): string;
  /** An event as the family frames it. */
  printEvent(event: Fields): string;
}

/** A change that treats an answer and each event of it alike. */
export function everywhere(change: (fields: Fields) => Fields): AnswerEdit {
  return { body: change, event: ({ kind, fields }) => [{ kind, fields: change(fields) }] };
}

/** The fields without one of them. */
export function without(fields: Fields, name: string): Fields {
  const { [name]: _left, ...others } = fields;
  return others;
}
