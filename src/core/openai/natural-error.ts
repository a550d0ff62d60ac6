import type { AnswerSettings } from './answer-settings.ts';
import { type Endpoint, endpointOf } from './endpoint.ts';
import { endpointErrors } from './endpoint-errors.ts';
import type { ErrorAnswer } from './error.ts';
import {
  emptyArray,
  invalidApiKey,
  invalidJson,
  invalidType,
  missingApiKey,
  missingModel,
  missingParameter,
  modelNotFound,
  modelRetrieveNotFound,
  payloadTooLarge,
  unknownUrl,
} from './errors.ts';
import { modelInfo } from './models.ts';
import { nounOf } from './noun.ts';
import { type ApiRequest, fieldsOf, modelOf } from './request.ts';

/** Which keys are good: any that is not empty, these, or no key is needed. */
type Auth = 'any' | 'none' | readonly string[];

/** What the answer of OpenAI would be wrong about. */
export interface Rules {
  readonly auth: Auth;
  readonly models: AnswerSettings['models'];
  /** Largest body that is accepted. */
  readonly maxBodyBytes: number;
}

/** What OpenAI answers to a request that is wrong in itself; undefined when nothing is. First error wins, edge first. */
export function naturalError(request: ApiRequest, rules: Rules): ErrorAnswer | undefined {
  if (request.bodyBytes > rules.maxBodyBytes) return payloadTooLarge();
  const endpoint = endpointOf(request.method, request.path);
  if (endpoint === undefined) return unknownUrl(request.method, request.path);
  if (!endpoint.authenticated) return undefined;
  return (
    keyError(request, rules.auth) ?? (endpoint.takesModel ? bodyError(request, rules, endpoint) : retrieveError(request, rules))
  );
}

function keyError({ key }: ApiRequest, auth: Auth): ErrorAnswer | undefined {
  if (auth === 'none') return undefined;
  if (key === undefined || key === '') return missingApiKey();
  return auth === 'any' || auth.includes(key) ? undefined : invalidApiKey(key);
}

function bodyError(request: ApiRequest, rules: Rules, { name, defaultModel }: Endpoint): ErrorAnswer | undefined {
  if (request.malformed) return invalidJson();
  const fields = fieldsOf(request);
  const { model = defaultModel } = fields;
  if (typeof model !== 'string' || model === '') return missingModel();
  if (modelInfo(model, rules) === undefined) return modelNotFound(model);
  const check = endpointErrors[name];
  if (check !== undefined) return check(request);
  const { messages } = fields;
  if (messages === undefined) return missingParameter('messages');
  if (!Array.isArray(messages)) return invalidType('messages', 'an array of objects', nounOf(messages));
  return messages.length === 0 ? emptyArray('messages') : undefined;
}

function retrieveError(request: ApiRequest, rules: Rules): ErrorAnswer | undefined {
  const id = modelOf(request);
  return id === undefined || modelInfo(id, rules) !== undefined ? undefined : modelRetrieveNotFound(id);
}
