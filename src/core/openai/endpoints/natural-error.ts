import type { Libraries } from '../../libraries.ts';
import { memoize } from '../../memo/body-memo.ts';
import { inputTokens, inTokens, MAX_EXACT_LENGTH, type TokenMode } from '../content/tokens.ts';
import type { ErrorAnswer } from '../errors/error.ts';
import {
  invalidApiKey,
  invalidJson,
  missingApiKey,
  missingModel,
  modelDeprecated,
  modelNotFound,
  modelRetrieveNotFound,
  payloadTooLarge,
  unknownUrl,
  unreadableForm,
  unsupportedContentType,
} from '../errors/errors.ts';
import { isRetired, type ModelInfo, modelNamed } from '../models/models.ts';
import { namedModel } from '../models/named-model.ts';
import { servedModel } from '../models/served-model.ts';
import type { AnswerSettings } from '../request/answer-settings.ts';
import { type ApiRequest, type Fields, fieldsOf, type Input, modelOf } from '../request/request.ts';
import type { LetThrough } from '../validation/let-through.ts';
import type { Terms } from '../validation/terms.ts';
import type { Endpoint } from './endpoint.ts';
import { endpointNamed } from './registry.ts';

/** Which keys are good: any that is not empty, these, or no key is needed. */
type Auth = 'any' | 'none' | readonly string[];

/** What the answer of OpenAI would be wrong about. */
export interface NaturalErrorRules {
  readonly auth: Auth;
  readonly models: AnswerSettings['models'];
  readonly azure?: AnswerSettings['azure'];
  /** Largest body that is accepted. */
  readonly maxBodyBytes: number;
  readonly tokens: TokenMode;
  readonly libraries: Libraries;
  /** Tokens of the prompt of the request, as `usage.prompt_tokens` tells them. */
  promptTokens(): number;
}

/** What is wrong with the body of a request whose key and URL are good. */
export type BodyCheck = (request: ApiRequest, rules: NaturalErrorRules, endpoint: Endpoint) => ErrorAnswer | undefined;

/**
 * What OpenAI answers to a request that is wrong in itself; undefined when nothing is. First error wins: size, URL, key,
 * content type, JSON, model, and what the API has against the rest. Other methods than those of an endpoint count as
 * unknown URLs: what OpenAI answers to them is not known (wire.md 1.3, "405").
 */
export function naturalError(
  request: ApiRequest,
  rules: NaturalErrorRules,
  checkBody: BodyCheck = bodyError,
): ErrorAnswer | undefined {
  if (request.bodyBytes > rules.maxBodyBytes) return payloadTooLarge();
  const endpoint = request.endpoint && endpointNamed(request.endpoint.name);
  if (endpoint === undefined) return unknownUrl(request.method, request.path);
  if (!endpoint.authenticated) return undefined;
  return (
    keyError(request, rules.auth) ??
    request.misdirected ??
    deploymentError(request, rules) ??
    (request.query === undefined ? undefined : endpoint.validateQuery?.(request.query)) ??
    (endpoint.takesForm === true ? formError(request, endpoint) : undefined) ??
    (endpoint.takesJson ? checkBody(request, rules, endpoint) : modelPathError(request, rules))
  );
}

function formError(request: ApiRequest, { validateForm }: Endpoint): ErrorAnswer | undefined {
  return request.malformed ? unreadableForm() : validateForm?.(request);
}

const JSON_TYPE = 'application/json';
const JSON_BODY = /^application\/json *(?:;|$)/i;
/** What `curl -d` and HTML forms send: public reports of such requests quote wire.md 400-2, not 400-20. */
const FORM = /^application\/x-www-form-urlencoded *(?:;|$)/i;
const NO_FIELDS: Fields = {};

function keyError({ key }: ApiRequest, auth: Auth): ErrorAnswer | undefined {
  if (auth === 'none') return undefined;
  if (key === undefined || key === '') return missingApiKey();
  return auth === 'any' || auth.includes(key) ? undefined : invalidApiKey(key);
}

/** A deployment that the path names is looked for before the body is read. */
function deploymentError(request: ApiRequest, rules: NaturalErrorRules): ErrorAnswer | undefined {
  const { deployment } = request;
  if (deployment === undefined) return undefined;
  return servedModel(deployment, request, rules) === undefined ? modelNotFound(deployment) : undefined;
}

function bodyError(request: ApiRequest, rules: NaturalErrorRules, endpoint: Endpoint): ErrorAnswer | undefined {
  if (request.memo === undefined) return findBodyError(request, rules, endpoint);
  return memoize(request.memo, 'error', bodyMarks(request, rules, endpoint), () => findBodyError(request, rules, endpoint));
}

/** What is said of a body depends on it and on these alone. */
export function bodyMarks(
  { contentType = JSON_TYPE, turn }: ApiRequest,
  { models, tokens, libraries }: NaturalErrorRules,
  endpoint: Endpoint,
): readonly unknown[] {
  return [endpoint, contentType, models, tokens, libraries, turn?.generates];
}

/** The same as in `naturalError`, of the body alone. `letThrough` takes note of unknown fields; without it, they are refused. */
export function findBodyError(
  request: ApiRequest,
  rules: NaturalErrorRules,
  endpoint: Endpoint,
  letThrough?: LetThrough,
): ErrorAnswer | undefined {
  const { contentType = JSON_TYPE } = request;
  // The body is read as a form, in which no field is known.
  const isForm = contentType !== JSON_TYPE && FORM.test(contentType);
  if (!isForm && !JSON_BODY.test(contentType)) return unsupportedContentType(contentType);
  const isLeftOut = endpoint.bodyOptional === true && request.bodyBytes === 0;
  if (!isForm && request.malformed && !isLeftOut) return (endpoint.unreadable ?? invalidJson)();
  const fields = isForm ? NO_FIELDS : fieldsOf(request);
  const { model = isForm ? undefined : endpoint.defaultModel } = fields;
  const id = typeof model === 'string' ? model : '';
  const info = id === '' ? undefined : servedModel(id, request, rules);
  if (info === undefined && endpoint.takesModel && endpoint.judgesModel !== true) return noModelError(id);
  return endpoint.validate?.(
    fields,
    new RequestTerms(request, rules, { model: info ?? modelNamed(id), isServed: info !== undefined, letThrough }),
  );
}

export function noModelError(id: string): ErrorAnswer {
  if (id === '') return missingModel();
  return isRetired(id) ? modelDeprecated(id) : modelNotFound(id);
}

/** What the request is held against. */
export class RequestTerms implements Terms {
  readonly model: ModelInfo;
  readonly isServed: boolean;
  readonly bodyBytes: number;
  readonly turn: ApiRequest['turn'];
  readonly libraries: Libraries;
  readonly batchNames: ApiRequest['dialect']['batchNames'];
  readonly letThrough: LetThrough | undefined;
  readonly #rules: NaturalErrorRules;

  constructor(
    { bodyBytes, turn, dialect }: ApiRequest,
    rules: NaturalErrorRules,
    { model, isServed, letThrough }: Pick<Terms, 'model' | 'isServed' | 'letThrough'>,
  ) {
    this.letThrough = letThrough;
    this.model = model;
    this.isServed = isServed;
    this.bodyBytes = bodyBytes;
    this.turn = turn;
    this.batchNames = dialect.batchNames;
    this.libraries = rules.libraries;
    this.#rules = rules;
  }

  promptTokens(): number {
    return this.#rules.promptTokens();
  }

  inputTokens(input: Input): number {
    // Many inputs may be long together, though none of them is.
    const mode = this.bodyBytes > MAX_EXACT_LENGTH ? 'estimate' : this.#rules.tokens;
    return inputTokens(input, mode, this.libraries);
  }

  textTokens(text: string): number {
    if (text.length > MAX_EXACT_LENGTH) return Math.ceil(text.length / 4);
    return inTokens(text, this.#rules.tokens, this.libraries).tokens;
  }
}

/**
 * Of a model by its path. Only models that the account has trained can be deleted, and it has none: what OpenAI says of its
 * own is not known.
 */
function modelPathError(request: ApiRequest, rules: NaturalErrorRules): ErrorAnswer | undefined {
  const id = modelOf(request);
  if (id === undefined) return undefined;
  const isThere = request.method !== 'DELETE' && namedModel(request, rules) !== undefined;
  return isThere ? undefined : modelRetrieveNotFound(id);
}
