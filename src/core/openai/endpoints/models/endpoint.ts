import { defineEndpoint } from '../endpoint.ts';
import { modelReply, modelsReply, noModelReply } from './models-reply.ts';

const PREFIX = '/v1/models/';

/** The list of models and one of them; only models that the account has trained can be deleted, and it has none. */
export const modelEndpoints = [
  defineEndpoint({ name: 'models', method: 'GET', path: '/v1/models', reply: modelsReply }),
  defineEndpoint({ name: 'models.retrieve', method: 'GET', path: `${PREFIX}{id}`, modelInPath, reply: modelReply }),
  defineEndpoint({ name: 'models.delete', method: 'DELETE', path: `${PREFIX}{id}`, modelInPath, reply: noModelReply }),
] as const;

function modelInPath(path: string): string {
  const id = path.slice(PREFIX.length);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
