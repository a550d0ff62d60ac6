import { utf8Length, utf8Text } from '../../text/utf8.ts';
import type { Effect, EventKind, Reply, Write } from '../../wire/effect.ts';
import { joined } from '../../wire/joined.ts';
import { wholeBody, withLength } from '../../wire/whole-body.ts';
import type { ReplyContext } from '../request/reply-context.ts';
import { asRecord, type Fields, isStreamed } from '../request/request.ts';
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
  return wholeBody(reply, function* (head, body): Iterable<Effect> {
    const answer = head.status === 200 ? parsed(() => utf8Text(body)) : undefined;
    const data = answer === undefined ? body : editor.printBody(edit.body(answer));
    const isMeasured = head.headers.some(([name]) => name.toLowerCase() === 'content-length');
    yield isMeasured && typeof data === 'string' ? withLength(head, utf8Length(data)) : head;
    if (data.length > 0) yield { type: 'write', data };
    yield { type: 'end' };
  });
}

function* editedStream(reply: Reply, edit: AnswerEdit, editor: AnswerEditor): Reply {
  const events = new EditedEvents(edit, editor);
  let pieces: Write[] = [];
  for (const effect of reply) {
    if (effect.type !== 'write') {
      yield effect;
      continue;
    }
    pieces.push(effect);
    if (effect.partOf !== undefined) continue;
    yield* events.inPlaceOf(pieces, effect.event);
    pieces = [];
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

const DATA = /^data: (.*)$/m;
const NUMBER = 'sequence_number';

/** The JSON of an event; undefined where it has none. */
function dataOf(pieces: readonly Write[]): Fields | undefined {
  const [piece] = pieces;
  const text = () => (pieces.length === 1 && typeof piece?.data === 'string' ? piece.data : utf8Text(joined(pieces)));
  return parsed(() => DATA.exec(text())?.[1] ?? '');
}

function parsed(text: () => string): Fields | undefined {
  try {
    return asRecord(JSON.parse(text()));
  } catch {
    return undefined;
  }
}
