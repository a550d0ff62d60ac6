import type { EventKind, Reply, Write } from '../../wire/effect.ts';
import { EventDataReader } from '../../wire/event-data.ts';
import { joined } from '../../wire/joined.ts';
import { wholeBody, withText } from '../../wire/whole-body.ts';
import { parseObject } from '../request/parse-object.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { type Fields, isStreamed } from '../request/request.ts';
import type { AnswerEdit, AnswerEditor, EditedEvent } from './answer-editor.ts';

/** The reply with a change of its answer. An error answer stays as it is, and so does what cannot be read. */
export function editedAnswer(
  reply: Reply,
  { request }: ReplyContext,
  edit: (editor: AnswerEditor) => AnswerEdit | undefined,
): Reply {
  const editor = request.endpoint?.answer;
  const change = editor && edit(editor);
  if (editor === undefined || change === undefined) return reply;
  return isStreamed(request) ? editedStream(reply, change, editor) : editedBody(reply, change, editor);
}

function editedBody(reply: Reply, edit: AnswerEdit, editor: AnswerEditor): Reply {
  return changedBody(reply, (answer) => edit.body(answer), editor);
}

/** The reply with a change of its JSON. An error answer stays as it is, and so does a body that is no JSON object. */
export function editedJson(reply: Reply, { request }: ReplyContext, change: (answer: Fields) => Fields): Reply {
  return changedBody(reply, change, request.endpoint?.answer);
}

function changedBody(reply: Reply, change: (answer: Fields) => Fields, editor: AnswerEditor | undefined): Reply {
  return wholeBody(reply, (head, body) => {
    const answer = head.status === 200 ? parseObject(body) : undefined;
    if (answer === undefined) return [head, { type: 'write', data: body }, { type: 'end' }];
    return withText(head, printedAs(body, change(answer), editor));
  });
}

/** On one line where the body was, with a line break at its end where it had one. */
function printedAs(body: Uint8Array, answer: Fields, editor: AnswerEditor | undefined): string {
  const firstBreak = body.indexOf(LINE_FEED);
  const ending = body.at(-1) === LINE_FEED ? '\n' : '';
  if (firstBreak < 0 || firstBreak === body.length - 1) return JSON.stringify(answer) + ending;
  return editor?.printBody(answer) ?? JSON.stringify(answer, null, 2) + ending;
}

const LINE_FEED = 0x0a;

function* editedStream(reply: Reply, edit: AnswerEdit, editor: AnswerEditor): Reply {
  const events = new EditedEvents(edit, editor);
  let pieces: Write[] = [];
  for (const effect of reply) {
    if (effect.type === 'write') {
      pieces.push(effect);
      if (effect.partOf !== undefined) continue;
      yield* events.inPlaceOf(pieces, effect.event);
      pieces = [];
    } else {
      // What was sent of an event that breaks off is sent.
      if (effect.type !== 'wait') yield* pieces.splice(0);
      yield effect;
    }
  }
}

/** The events of one stream. Those that are numbered are numbered anew. */
class EditedEvents {
  readonly #edit: AnswerEdit;
  readonly #editor: AnswerEditor;
  #number = 0;

  constructor(edit: AnswerEdit, editor: AnswerEditor) {
    this.#edit = edit;
    this.#editor = editor;
  }

  /** What is sent for an event that came in these pieces. */
  *inPlaceOf(pieces: readonly Write[], kind: EventKind | undefined): Iterable<Write> {
    const fields = kind === undefined || kind === 'error' ? undefined : dataOf(pieces);
    if (fields === undefined || kind === undefined) yield* pieces;
    else for (const edited of this.#edit.event({ kind, fields })) yield this.#written(edited);
  }

  #written({ kind, fields }: EditedEvent): Write {
    const numbered = NUMBER in fields ? { ...fields, [NUMBER]: this.#number++ } : fields;
    return { type: 'write', data: this.#editor.printEvent(numbered), event: kind };
  }
}

/** The field with the number of an event, where events are numbered. */
export const NUMBER = 'sequence_number';

/** The JSON of an event that came in these pieces; undefined where it has none. */
export function dataOf(pieces: readonly Write[]): Fields | undefined {
  const [piece, ...others] = pieces;
  const data = piece !== undefined && others.length === 0 ? piece.data : joined(pieces);
  const [found] = new EventDataReader().read({ type: 'write', data });
  return found && parseObject(found.data);
}
