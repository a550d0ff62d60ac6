import type { Reply } from '../../../../wire/effect.ts';
import { refusalReply } from '../../../errors/error.ts';
import { cannotCancel, responseNotFound, responseNotStreamable } from '../../../errors/errors.ts';
import { parametersOf, segmentBehind } from '../../../request/query.ts';
import type { ReplyContext } from '../../../request/reply-context.ts';
import { asRecord } from '../../../request/request.ts';
import type { FoundResponse, FoundTurn, StoredItem } from '../../../store/stored-response.ts';
import { textReply } from '../../../wire/json-reply.ts';
import { Success } from '../../../wire/success.ts';
import { listQueryOf, pageOf } from '../../lists/list-query.ts';
import { WITHOUT } from '../response-headers.ts';
import { printedBody } from '../response-json.ts';
import { bodyAt, phaseOf, playedEvents } from './background.ts';
import { inputItemsOf } from './input-items.ts';

/** Nothing of these is limited (wire-responses.md 1.1). */
const SUCCESS = new Success({ contentType: 'application/json', limited: false, without: WITHOUT });
const STREAM = new Success({ contentType: 'text/event-stream; charset=utf-8', limited: false, without: WITHOUT });

/** The stored response, or with `stream=true` its events. */
export function retrieveReply(context: ReplyContext): Reply {
  return ofResponse(context, (found) => {
    const parameters = parametersOf(context.request.query);
    if (parameters.get('stream') !== 'true') return textReply(SUCCESS, bodyAt(found, context.clock.now()), context);
    const after = Number(parameters.get('starting_after') ?? -1);
    return resumedStream(found, Number.isInteger(after) ? after : -1, context);
  });
}

export function deleteReply(context: ReplyContext): Reply {
  return ofResponse(context, ({ response: { id } }) => {
    context.keep?.({ change: 'delete response', id });
    return textReply(SUCCESS, printedBody({ id, object: 'response.deleted', deleted: true }), context);
  });
}

/** Only a response in the background can be cancelled, and only until it is finished. To cancel it again changes nothing. */
export function cancelReply(context: ReplyContext): Reply {
  return ofResponse(context, ({ response }) => {
    const { id, background } = response;
    if (background === undefined) return refusalReply(cannotCancel('synchronous'), context);
    if (phaseOf(response, context.clock.now()) === 'finished') return refusalReply(cannotCancel('completed'), context);
    context.keep?.({ change: 'cancel response', id });
    const cancelled = { ...response, background: { ...background, isCancelled: true } };
    return textReply(SUCCESS, bodyAt({ response: cancelled }, context.clock.now()), context);
  });
}

/** All that the model was given: the input of the response, and what was said before it in its chain. */
export function inputItemsReply(context: ReplyContext): Reply {
  return ofResponse(context, ({ turns }) => {
    const { data, firstId, lastId, hasMore } = pageOf(turns.flatMap(itemsOfTurn), listQueryOf(context.request.query));
    const list = { object: 'list', data, first_id: firstId, last_id: lastId, has_more: hasMore };
    return textReply(SUCCESS, printedBody(list), context);
  });
}

function ofResponse(context: ReplyContext, reply: (found: FoundResponse) => Reply): Reply {
  const { found, request } = context;
  if (found?.is === 'response') return reply(found);
  return refusalReply(responseNotFound(segmentBehind('responses', request.path)), context);
}

/** Only what was asked for as a stream, and in the background, can be taken up again. */
function* resumedStream({ response }: FoundResponse, after: number, context: ReplyContext): Reply {
  const { background } = response;
  if (background === undefined || background.events.length === 0) {
    yield* refusalReply(responseNotStreamable(), context);
    return;
  }
  yield STREAM.head(context);
  yield* playedEvents(background, after, context);
  yield { type: 'end' };
}

function itemsOfTurn({ id, input, answer }: FoundTurn): readonly StoredItem[] {
  const createdAt = Number.parseInt(id.slice(id.indexOf('_') + 19, id.indexOf('_') + 27), 16);
  const own = inputItemsOf(input, { id, createdAt: Number.isNaN(createdAt) ? 0 : createdAt });
  return answer === undefined ? own : [...own, ...outputOf(answer)];
}

function outputOf(answer: string): readonly StoredItem[] {
  const output = asRecord(JSON.parse(answer))?.['output'];
  return Array.isArray(output) ? (output as readonly StoredItem[]) : [];
}
