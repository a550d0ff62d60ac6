import { restOf } from '../../../collections/rest-of.ts';
import { utf8Length, utf8Text } from '../../../text/utf8.ts';
import type { Head, Header, Reply, Write } from '../../../wire/effect.ts';
import { joined } from '../../../wire/joined.ts';
import { parseObject } from '../../request/parse-object.ts';
import type { Fields } from '../../request/request.ts';
import type { HeaderProfile } from '../../wire/header-profile.ts';
import type { SpokenContext } from '../dialect.ts';
import { type BodyRewriter, choiceByChoice, onSeveralLines, wholeBody } from './body-rewriter.ts';
import { answersByCompletion, filteredChat, filteredChunk, firstChunk, printChatEvent } from './chat-filters.ts';
import { findingsOf } from './content-filter.ts';

/** Where the surfaces differ in the heads of healthy answers. */
export interface Surface {
  readonly headers: HeaderProfile;
  readonly resetUnitMs: number;
  /** What the head of an answer by a model says of who answers, and how. */
  serving(context: SpokenContext, isStreamed: boolean): readonly Header[];
  /** A model, or a list of them. */
  models(body: Fields): Fields;
}

/** Endpoints that tell which models there are. */
const LISTING: ReadonlySet<string> = new Set(['models', 'models.retrieve']);

/** Endpoints by which a model is asked. */
const SERVING: ReadonlySet<string> = new Set(['chat.completions', 'completions', 'embeddings', 'responses']);

/** A healthy answer of OpenAI as Azure writes it: its head, and of completions and embeddings its body. */
export function* azureAnswer(reply: Reply, context: SpokenContext, surface: Surface): Reply {
  const effects = reply[Symbol.iterator]();
  for (let next = effects.next(); next.done !== true; next = effects.next()) {
    const effect = next.value;
    if (effect.type !== 'head') yield effect;
    else if (effect.status !== 200) {
      yield effect;
      yield* restOf(effects);
      return;
    } else {
      const rest = restOf(effects);
      yield* isStream(effect) ? streamed(effect, rest, context, surface) : whole(effect, rest, context, surface);
      return;
    }
  }
}

function isStream({ headers }: Head): boolean {
  return headers.some(([name, value]) => name === 'content-type' && value.startsWith('text/event-stream'));
}

/** What is longer is written as it is made, in chunks: bytes. */
const MAX_WHOLE = 64 * 1_024;

function whole(head: Head, rest: Reply, context: SpokenContext, surface: Surface): Reply {
  const rewriter = rewriterFor(context, surface);
  const body = rewriter === undefined ? rest : rewrittenBody(rest, rewriter);
  return framed(body, (framing) => headOf(head, framing, context, surface));
}

/** JSON tells its length, where it is not long. That long answers come in chunks is unverified. */
function* framed(body: Reply, headWith: (framing: Header) => Head): Reply {
  let held: Write[] | undefined = [];
  let length = 0;
  for (const effect of body) {
    if (held === undefined || (effect.type !== 'write' && effect.type !== 'end')) yield effect;
    else if (effect.type === 'end') {
      yield headWith(['content-length', String(length)]);
      yield { type: 'write', data: joined(held) };
      yield effect;
    } else {
      held.push(effect);
      length += typeof effect.data === 'string' ? utf8Length(effect.data) : effect.data.byteLength;
      if (length <= MAX_WHOLE) continue;
      yield headWith(['transfer-encoding', 'chunked']);
      yield* held;
      held = undefined;
    }
  }
}

function* rewrittenBody(rest: Reply, rewriter: BodyRewriter): Reply {
  for (const effect of rest) {
    if (effect.type === 'write') {
      const text = typeof effect.data === 'string' ? effect.data : utf8Text(effect.data);
      for (const data of rewriter.push(text)) yield { type: 'write', data };
    } else {
      if (effect.type === 'end') yield { type: 'write', data: rewriter.end() };
      yield effect;
    }
  }
}

function rewriterFor({ request: { endpoint }, settings }: SpokenContext, surface: Surface): BodyRewriter | undefined {
  const name = endpoint?.name ?? '';
  if (answersByCompletion(name)) return choiceByChoice(filteredChat(findingsOf(settings)));
  if (name === 'embeddings') return onSeveralLines();
  // Of lists of models the layout is unverified: it is that of OpenAI.
  return LISTING.has(name) ? wholeBody((body) => JSON.stringify(surface.models(body), null, 2)) : undefined;
}

function* streamed(head: Head, rest: Reply, context: SpokenContext, surface: Surface): Reply {
  yield headOf(head, ['transfer-encoding', 'chunked'], context, surface);
  if (!answersByCompletion(context.request.endpoint?.name)) {
    yield* rest;
    return;
  }
  const found = findingsOf(context.settings);
  yield { type: 'write', data: printChatEvent(firstChunk(found)), event: 'progress' };
  let pieces: Write[] = [];
  for (const effect of rest) {
    if (effect.type !== 'write') yield effect;
    else {
      pieces.push(effect);
      if (effect.partOf !== undefined) continue;
      yield eventsOf(pieces, (chunk) => filteredChunk(chunk, found));
      pieces = [];
    }
  }
}

/** The same events, written as Azure writes them. */
function eventsOf(pieces: readonly Write[], change: (chunk: Fields) => Fields): Write {
  const [first] = pieces;
  const last = pieces.at(-1);
  const text = typeof first?.data === 'string' && pieces.length === 1 ? first.data : utf8Text(joined(pieces));
  const data = text.replaceAll(/data: (\{.*\})\n\n/g, (written: string, json: string) => {
    const chunk = parseObject(json);
    return chunk === undefined ? written : printChatEvent(change(chunk));
  });
  const holds = last?.holds && { ...last.holds, bytes: utf8Length(data) };
  return { type: 'write', data, ...(last?.event && { event: last.event }), ...(holds && { holds }) };
}

/** The head of OpenAI has the type of the body, and the state of the limits. */
function headOf({ status, headers }: Head, framing: Header, context: SpokenContext, surface: Surface): Head {
  const isServing = SERVING.has(context.request.endpoint?.name ?? '');
  const serving = isServing ? surface.serving(context, framing[0] === 'transfer-encoding') : [];
  const kept = headers.filter(([name]) => name === 'content-type' || name.startsWith('x-ratelimit-'));
  const fields = surface.headers.headOf({ layer: 'api', extra: [framing, ...kept, ...serving] }, context);
  return { type: 'head', status, ...fields, resetUnitMs: surface.resetUnitMs };
}
