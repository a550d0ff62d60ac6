import type { Reply } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';
import { errorReply } from './error.ts';
import { modelRetrieveNotFound } from './errors.ts';
import { jsonReply } from './json-reply.ts';
import { type ModelInfo, modelInfo, servedModels } from './models.ts';
import { modelOf } from './request.ts';

/** `GET /v1/models`: `{object, data}` (wire.md 4). */
export function modelsReply(context: ReplyContext): Reply {
  return jsonReply('models', { object: 'list', data: servedModels(context.settings).map(modelObject) }, context);
}

/** `GET /v1/models/{id}`: the bare object (wire.md 4). */
export function modelReply(context: ReplyContext): Reply {
  const id = modelOf(context.request) ?? '';
  const info = modelInfo(id, context.settings);
  return info === undefined ? noModelReply(context) : jsonReply('models', modelObject(info), context);
}

/** The account has no such model. */
export function noModelReply(context: ReplyContext): Reply {
  return errorReply(modelRetrieveNotFound(modelOf(context.request) ?? ''), context);
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
