import { defineEndpoint } from '../endpoint.ts';
import { modelReply, modelsReply, noModelReply } from './models-reply.ts';

const SEGMENT = '/models/';
const PREFIX = `/v1${SEGMENT}`;

/** The list of models and one of them; only models that the account has trained can be deleted, and it has none. */
export const modelEndpoints = [
  defineEndpoint({ name: 'models', method: 'GET', path: '/v1/models', startsClock: false, reply: modelsReply }),
  defineEndpoint({ name: 'models.retrieve', method: 'GET', path: `${PREFIX}{id}`, modelInPath, reply: modelReply }),
  defineEndpoint({ name: 'models.delete', method: 'DELETE', path: `${PREFIX}{id}`, modelInPath, reply: noModelReply }),
] as const;

function modelInPath(path: string): string {
  // Services put other segments before it.
  const id = path.slice(path.indexOf(SEGMENT) + SEGMENT.length);
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
