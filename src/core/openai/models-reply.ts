import type { Reply } from '../reply/effect.ts';
import type { ReplyContext } from './context.ts';
import { errorReply } from './error.ts';
import { modelRetrieveNotFound } from './errors.ts';
import { jsonReply } from './json-reply.ts';
import { type ModelInfo, modelInfo, servedModels } from './models.ts';
import { modelOf } from './request.ts';

/** wire.md 2.3: no organization, and open to every origin. */
const HEADERS = {
  without: ['openai-organization'],
  also: ['access-control-allow-origin'],
};

/** `GET /v1/models`: `{object, data}` (wire.md 4). */
export function modelsReply(context: ReplyContext): Reply {
  return jsonReply({ object: 'list', data: servedModels(context.settings).map(modelObject) }, HEADERS, context);
}

/** `GET /v1/models/{id}`: the bare object (wire.md 4). */
export function modelReply(context: ReplyContext): Reply {
  const id = modelOf(context.request) ?? '';
  const info = modelInfo(id, context.settings);
  if (info === undefined) return errorReply(modelRetrieveNotFound(id), context);
  return jsonReply(modelObject(info), HEADERS, context);
}

function modelObject({ id, created, ownedBy, shutdownDate }: ModelInfo): unknown {
  return {
    id,
    object: 'model',
    created,
    owned_by: ownedBy,
    shutdown_date: shutdownDate,
  };
}
