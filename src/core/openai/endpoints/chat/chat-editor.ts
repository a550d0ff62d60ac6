import { asList, asRecord, type Fields } from '../../request/request.ts';
import type { AnswerEdit, AnswerEditor, CallDamage, CallReader, EditedEvent } from '../../wire/answer-editor.ts';
import { without } from '../../wire/answer-editor.ts';
import { choicesEditor, eachChoice } from '../../wire/choices-editor.ts';
import { damagedArguments, damagedCalls, damagedName, firstHalf } from '../../wire/damaged-calls.ts';

/** How chat completions are damaged. */
export const chatEditor: AnswerEditor = {
  ...choicesEditor,
  silenced: () => ({
    body: (answer) => eachChoice(answer, (choice) => ({ ...choice, message: saysNothing(asRecord(choice['message']) ?? {}) })),
    event: ({ kind, fields }) => {
      if (kind === 'content') return [];
      if (kind !== 'opening') return [{ kind, fields }];
      return [
        { kind, fields: eachChoice(fields, (choice) => ({ ...choice, delta: saysNothing(asRecord(choice['delta']) ?? {}) })) },
      ];
    },
  }),
  withDamagedCalls: (how) => new DamagedCalls(how),
  callReader: () => new ChatCalls(),
};

/** Each id begins a call; what comes without one goes on with the last of its index. */
class ChatCalls implements CallReader {
  readonly calls: { readonly id: string; arguments: string }[] = [];
  /** The last call of each index of each choice. */
  readonly #last = new Map<string, { arguments: string }>();

  read(part: Fields): void {
    for (const choice of asList(part['choices']).map((each) => asRecord(each) ?? {})) {
      const said = asRecord(choice['message'] ?? choice['delta']);
      for (const call of asList(said?.['tool_calls']).map((each) => asRecord(each) ?? {})) this.#add(call, choice['index']);
    }
  }

  #add({ id, index, function: called }: Fields, choice: unknown): void {
    const place = `${String(choice)} ${String(index)}`;
    const given = String(asRecord(called)?.['arguments'] ?? '');
    if (typeof id === 'string') {
      const begun = { id, arguments: given };
      this.calls.push(begun);
      this.#last.set(place, begun);
      return;
    }
    const last = this.#last.get(place);
    if (last !== undefined) last.arguments += given;
  }
}

/** A message, or its first delta. */
function saysNothing(message: Fields): Fields {
  return { ...without(without(message, 'tool_calls'), 'function_call'), content: null, refusal: null };
}

class DamagedCalls implements AnswerEdit {
  readonly #how: CallDamage;
  /** Of each choice: the id of its first call. */
  readonly #firstIds = new Map<unknown, unknown>();
  /** Of each choice: the last piece of arguments, which is sent when it is known whether another follows. */
  readonly #held = new Map<unknown, EditedEvent>();

  constructor(how: CallDamage) {
    this.#how = how;
  }

  body(answer: Fields): Fields {
    return eachChoice(answer, (choice) => {
      const message = asRecord(choice['message']) ?? {};
      const calls = asList(message['tool_calls']).map(namedCall);
      if (calls.length === 0) return choice;
      return { ...choice, message: { ...message, tool_calls: damagedCalls(calls, this.#how).map(callFields) } };
    });
  }

  event(event: EditedEvent): readonly EditedEvent[] {
    const choice = asRecord(asList(event.fields['choices'])[0]);
    const call = asRecord(asList(asRecord(choice?.['delta'])?.['tool_calls'])[0]);
    if (this.#how === 'cut') return this.#cut(event, choice?.['index'], call !== undefined && !('id' in call));
    if (choice === undefined || call === undefined) return [event];
    if (this.#how === 'empty_arguments' && !('id' in call)) return [];
    return [withCall(event, this.#damaged(call, choice['index']))];
  }

  /** Of the last piece of arguments the first half comes. */
  #cut(event: EditedEvent, choice: unknown, isPiece: boolean): readonly EditedEvent[] {
    const held = this.#held.get(choice);
    this.#held.delete(choice);
    if (isPiece) this.#held.set(choice, event);
    if (held === undefined) return isPiece ? [] : [event];
    return isPiece ? [held] : [halved(held), event];
  }

  #damaged(call: Fields, choice: unknown): Fields {
    const { index, id, ...others } = call;
    const about = asRecord(call['function']) ?? {};
    if (id !== undefined && !this.#firstIds.has(choice)) this.#firstIds.set(choice, id);
    return {
      index: this.#how === 'same_index' ? 0 : index,
      ...(id !== undefined && { id: this.#how === 'repeated_id' ? this.#firstIds.get(choice) : id }),
      ...others,
      function: {
        ...about,
        ...('name' in about && { name: damagedName(about['name'], this.#how) }),
        // The piece with the name begins the arguments.
        arguments: id === undefined ? about['arguments'] : damagedArguments('', this.#how),
      },
    };
  }
}

function namedCall(given: unknown) {
  const call = asRecord(given) ?? {};
  const about = asRecord(call['function']) ?? {};
  return { call, id: call['id'], name: about['name'], arguments: String(about['arguments'] ?? '') };
}

function callFields({ call, id, name, arguments: given }: ReturnType<typeof namedCall>): Fields {
  return { ...call, id, function: { name, arguments: given } };
}

function withCall({ kind, fields }: EditedEvent, call: Fields): EditedEvent {
  return {
    kind,
    fields: eachChoice(fields, (choice) => ({ ...choice, delta: { ...asRecord(choice['delta']), tool_calls: [call] } })),
  };
}

function halved(event: EditedEvent): EditedEvent {
  const choice = asRecord(asList(event.fields['choices'])[0]);
  const call = asRecord(asList(asRecord(choice?.['delta'])?.['tool_calls'])[0]) ?? {};
  const about = asRecord(call['function']) ?? {};
  return withCall(event, { ...call, function: { ...about, arguments: firstHalf(String(about['arguments'] ?? '')) } });
}
