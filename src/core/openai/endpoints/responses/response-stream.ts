import { memoize } from '../../../memo/body-memo.ts';
import type { Random } from '../../../random.ts';
import type { Effect, Head, Reply } from '../../../wire/effect.ts';
import { sampleLatencyMs } from '../../content/latency.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { asRecord, fieldsOf } from '../../request/request.ts';
import { obfuscation } from '../../wire/obfuscation.ts';
import { Success } from '../../wire/success.ts';
import { EventWriter, type Obfuscate } from './event-writer.ts';
import type { ItemIds, ItemStream, OutputItem } from './output-item.ts';
import { responseAnswer } from './response-answer.ts';
import { WITHOUT } from './response-headers.ts';
import { IdentityDraws, inSeconds } from './response-identity.ts';
import { printed } from './response-json.ts';
import { modelDefaults } from './response-model.ts';
import { begunResponse, type ResponseAnswer, type ResponseIdentity } from './response-object.ts';
import { printOf } from './response-print.ts';
import { keepResponse } from './stored/keep-response.ts';
import { printStream, type StreamPrint, type Telling } from './stream-print.ts';

const FORMAT = { contentType: 'text/event-stream; charset=utf-8', without: WITHOUT };
const LIMITED = new Success({ ...FORMAT, limited: true });
const UNLIMITED = new Success({ ...FORMAT, limited: false });

/** A response in server-sent events (wire-responses.md 3). */
export function* responseStream(context: ReplyContext): Reply {
  const { settings, clock, unchanged } = context;
  const answer = responseAnswer(context);
  const latencies = context.random('latency');
  const createdMs = clock.wall();
  const ttft = sampleLatencyMs(settings.latency.ttft, latencies);
  if (ttft > 0) yield { type: 'wait', ms: ttft };
  yield streamHead(answer, context);
  const source = streamSource(answer, latencies, { context, unchanged });
  yield* responseEvents(answer, {
    ...source,
    createdMs,
    wall: () => clock.wall(),
    finished: (identity, text) => keepResponse(answer, identity, { text }, context),
    print: unchanged && !waitsBetween(settings) ? streamPrintOf(answer, source, context) : undefined,
  });
  yield { type: 'end' };
}

/** The print of an answer that is told again; undefined for the first stream of it, and for frames: each event is one. */
function streamPrintOf(
  answer: ResponseAnswer,
  { obfuscate }: Pick<EventSource, 'obfuscate'>,
  { request: { memo, turn } }: ReplyContext,
): StreamPrint | undefined {
  if (memo === undefined || turn !== undefined) return undefined;
  return memoize(memo, 'stream print', [answer], () =>
    printStream(obfuscate !== undefined, (begun, telling) => eventsBeforeEnd(answer, begun, telling)),
  );
}

export function streamHead({ model }: ResponseAnswer, context: ReplyContext): Head {
  return (modelDefaults(model).limitedStreams ? LIMITED : UNLIMITED).head(context);
}

/** What is drawn for the events of an answer. Of an `unchanged` stream many may be written at once. */
export function streamSource(
  { echo }: ResponseAnswer,
  latencies: Random,
  { context, unchanged }: { readonly context: ReplyContext; readonly unchanged: boolean },
): Pick<EventSource, 'draws' | 'obfuscate' | 'deltas'> {
  const { request, settings } = context;
  const options = asRecord(fieldsOf(request)['stream_options']);
  const random = context.random('obfuscation');
  return {
    draws: new IdentityDraws(echo, context),
    obfuscate: options?.['include_obfuscation'] === false ? undefined : (length) => obfuscation(length, random),
    deltas: pacedDeltas({ settings, unchanged }, () => sampleLatencyMs(settings.latency.interToken, latencies)),
  };
}

/** What the events of an answer are made with. Times in milliseconds since the epoch. */
export interface EventSource {
  readonly draws: Pick<IdentityDraws, 'response' | 'item' | 'seal'>;
  /** Undefined where the request wants none. */
  readonly obfuscate: Obfuscate | undefined;
  readonly deltas: ItemStream['deltas'];
  readonly createdMs: number;
  wall(): number;
  /** Called when all of the response is known, before its last event. `text` is the JSON in that event. */
  finished?(identity: ResponseIdentity, text: string): unknown;
  /** The response waits so long before anything is done about it; undefined where it does not wait. */
  readonly queuedMs?: number;
  /** The events before the last, where they are printed already. */
  readonly print?: StreamPrint | undefined;
}

/** The events of an answer, from its creation to its end (wire-responses.md 3.2). */
export function* responseEvents(answer: ResponseAnswer, source: EventSource): Iterable<Effect> {
  const { draws, obfuscate, deltas, createdMs, queuedMs, print } = source;
  const writer = new EventWriter(obfuscate);
  const begun = { id: draws.response(createdMs), createdAt: inSeconds(createdMs) };
  const items: ItemIds[] = [];
  const idsOf = (item: OutputItem): ItemIds => {
    const ids = draws.item(item, source.wall());
    items.push({ ...ids, seal: draws.seal(item.sealedLength, 'again') });
    return ids;
  };
  if (print === undefined) yield* eventsBeforeEnd(answer, begun, { idsOf, writer, deltas, queuedMs });
  else {
    yield* print.writes({ ...begun, items: answer.items.map(idsOf) }, obfuscate);
    writer.skip(print.events);
  }
  const completedAt = inSeconds(source.wall());
  const type = answer.incompleteReason === undefined ? 'response.completed' : 'response.incomplete';
  const identity = { ...begun, completedAt, items };
  const text = printOf(answer).finished(identity);
  source.finished?.(identity, text);
  yield writer.response('completion', type, text);
}

/** All events before the last. */
function* eventsBeforeEnd(
  answer: ResponseAnswer,
  begun: Pick<ResponseIdentity, 'id' | 'createdAt'>,
  { queuedMs, ...telling }: Telling & { readonly queuedMs?: number | undefined },
): Iterable<Effect> {
  const { idsOf, writer } = telling;
  const snapshot = printOf(answer).begun(begun);
  if (queuedMs === undefined) yield writer.response('opening', 'response.created', snapshot);
  else {
    const queued = printed(begunResponse(answer.echo, begun, 'queued'));
    yield writer.response('opening', 'response.created', queued);
    yield writer.response('opening', 'response.queued', queued);
    if (queuedMs > 0) yield { type: 'wait', ms: queuedMs };
  }
  yield writer.response('opening', 'response.in_progress', snapshot);
  for (const [index, item] of answer.items.entries()) yield* itemEvents(item, idsOf(item, index), index, telling);
}

/** What a stream says of one item, from its announcement to its end. */
function* itemEvents(
  item: OutputItem,
  ids: ItemIds,
  index: number,
  { writer, deltas }: Omit<Telling, 'idsOf'>,
): Iterable<Effect> {
  const place = { item_id: ids.id, output_index: index };
  yield writer.event('progress', 'response.output_item.added', { item: item.announced(ids), output_index: index });
  yield* item.events({ place, writer, deltas });
  const kind = ENDINGS.has(item.prefix) ? 'finish' : 'progress';
  yield writer.event(kind, 'response.output_item.done', { item: item.whole(ids), output_index: index });
}

/** The items that an answer may end with; others come before it. */
const ENDINGS: ReadonlySet<string> = new Set(['msg', 'fc', 'ctc']);

/** Pieces one by one, with a wait between them; all at once where nothing is waited for and nothing looks at the events. */
function pacedDeltas(
  { settings, unchanged }: Pick<ReplyContext, 'settings' | 'unchanged'>,
  nextWaitMs: () => number,
): ItemStream['deltas'] {
  const waits = waitsBetween(settings);
  return function* (writer, text, logprobs) {
    if (unchanged && !waits && logprobs === undefined) {
      yield* writer.pieces(text.pieces());
      return;
    }
    let first = true;
    for (const piece of text.pieces()) {
      if (piece === '') continue;
      const ms = first ? 0 : nextWaitMs();
      first = false;
      if (ms > 0) yield { type: 'wait', ms };
      yield writer.piece(piece, logprobs && [logprobs(piece)]);
    }
  };
}

/** Whether there is a pause between two pieces. */
function waitsBetween({ latency: { interToken } }: ReplyContext['settings']): boolean {
  return interToken.kind !== 'constant' || interToken.ms > 0;
}
