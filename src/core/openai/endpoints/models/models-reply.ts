import type { Reply } from '../../../wire/effect.ts';
import { refusalReply } from '../../errors/error.ts';
import { modelRetrieveNotFound } from '../../errors/errors.ts';
import { type ModelInfo, servedModels } from '../../models/models.ts';
import { namedModel } from '../../models/named-model.ts';
import type { ReplyContext } from '../../request/reply-context.ts';
import { modelOf } from '../../request/request.ts';
import { jsonReply } from '../../wire/json-reply.ts';
import { PRINTED, Success } from '../../wire/success.ts';

const SUCCESS = new Success({
  ...PRINTED,
  limited: false,
  without: ['openai-organization'],
  also: ['access-control-allow-origin'],
});

/** `GET /v1/models`: `{object, data}` (wire.md 4). */
export function modelsReply(context: ReplyContext): Reply {
  return jsonReply(SUCCESS, { object: 'list', data: servedModels(context.settings).map(modelObject) }, context);
}

/** `GET /v1/models/{id}`: the bare object (wire.md 4). */
export function modelReply(context: ReplyContext): Reply {
  const info = namedModel(context.request, context.settings);
  return info === undefined ? noModelReply(context) : jsonReply(SUCCESS, modelObject(info), context);
}

/** The account has no such model. */
export function noModelReply(context: ReplyContext): Reply {
  return refusalReply(modelRetrieveNotFound(modelOf(context.request) ?? ''), context);
}

/** A model as the listing shows it. */
export function modelObject({ id, created, ownedBy, shutdownDate }: ModelInfo) {
  return {
    id,
    object: 'model' as const,
    created,
    owned_by: ownedBy,
    shutdown_date: shutdownDate,
  };
}
