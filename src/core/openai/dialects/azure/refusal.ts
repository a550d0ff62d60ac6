import type { ErrorAnswer, ReachedLimit } from '../../errors/error-answer.ts';
import type { SpokenContext } from '../dialect.ts';
import {
  apimError,
  backendRateLimited,
  deploymentNotFound,
  failed,
  foundryQuotaReached,
  invalidKey,
  invalidToken,
  permissionDenied,
  promptFiltered,
  quotaReached,
  resourceNotFound,
  reworded,
  timedOut,
} from './azure-errors.ts';
import { findingsOf } from './content-filter.ts';
import { regionOf } from './headers.ts';
import { deploymentIn, modelBehind } from './model-behind.ts';

/** OpenAI's codes of errors that Azure has words of its own for. */
const WORDED: Readonly<Record<string, (context: SpokenContext) => ErrorAnswer>> = {
  model_not_found: deploymentNotFound,
  requested_model_not_found: deploymentNotFound,
  invalid_prompt: ({ settings }) => promptFiltered({ ...findingsOf(settings), isFiltered: true }),
  slow_down: () => backendRateLimited(2),
};

/** Names of statuses that have no code of their own in the reference: unverified. */
const CODES: Readonly<Record<number, string>> = { 403: 'Forbidden', 409: 'Conflict', 422: 'UnprocessableEntity' };

/** What is said at the edge of Azure, by the gateway of API Management: the form is known, of these texts none is. */
const AT_THE_EDGE: Readonly<Record<number, string>> = {
  403: 'Forbidden',
  413: 'Request Entity Too Large',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
};

/** An error of OpenAI as Azure puts it (wire-responses.md 8.2). Errors of parameters pass through. */
export function refusal(answer: ErrorAnswer, context: SpokenContext): ErrorAnswer {
  const { status, layer, error, limit, extra } = answer;
  if (answer.print !== undefined) return answer;
  if (limit !== undefined) return { ...quotaAnswer(limit, context), ...(extra && { extra }) };
  if (layer === 'edge') return apimError(status, AT_THE_EDGE[status] ?? 'The backend gave no answer.');
  if (answer.unknownUrl === true) return resourceNotFound();
  const worded = status === 403 ? undefined : WORDED[String(error?.code)];
  return worded === undefined ? byStatus(answer, context) : { ...worded(context), ...(answer.admitted && { admitted: true }) };
}

function byStatus(answer: ErrorAnswer, context: SpokenContext): ErrorAnswer {
  const { status, error } = answer;
  switch (status) {
    case 400:
    case 404:
      return passedOn(answer);
    case 401:
      return unauthorized(error?.message ?? '', context);
    case 408:
      return timedOut();
    case 500:
    case 503:
      return failed(status, OWN_WORDS[status]);
    default:
      return reworded(answer, CODES[status] ?? String(error?.code ?? status));
  }
}

/** Their texts are not captured. OpenAI's names its own help center. */
const OWN_WORDS = {
  500: 'The server had an error while processing your request. Sorry about that!',
  503: 'Our servers are currently overloaded. Please try again later.',
} as const;

/** Text and codes of OpenAI. The names of its own headers are of no use here. */
function passedOn({ without: _without, also: _also, format: _format, ...answer }: ErrorAnswer): ErrorAnswer {
  return { ...answer, layer: 'api' };
}

/** Whatever is wrong with a key. A token has words of its own, and so has a role that is missing. */
function unauthorized(message: string, { request }: SpokenContext): ErrorAnswer {
  if (message.includes('Missing scopes')) return permissionDenied();
  return request.bringsToken === true ? invalidToken() : invalidKey();
}

function quotaAnswer({ kind, waitMs, promisesNoWait }: ReachedLimit, context: SpokenContext): ErrorAnswer {
  const { request, settings } = context;
  const deployment = deploymentIn(request);
  const region = regionOf(context);
  if (promisesNoWait === true) return foundryQuotaReached({ deployment, region });
  return quotaReached({
    kind: kind.startsWith('tokens') ? 'token' : 'call',
    deployment,
    model: modelBehind(deployment, settings) ?? deployment,
    region,
    operation: operationOf(request.endpoint?.name),
    surface: surfaceOf(request),
    waitMs,
  });
}

/** Those of chat (wire-responses.md 8.2) and of embeddings (https://github.com/langchain-ai/langchain/issues/12986) are Azure's. The others are unverified. */
const OPERATIONS: Readonly<Record<string, string>> = {
  'chat.completions': 'ChatCompletions_Create',
  completions: 'Completions_Create',
  embeddings: 'Embeddings_Create',
  responses: 'Responses_Create',
};

function operationOf(endpoint: string | undefined): string {
  return OPERATIONS[endpoint ?? ''] ?? 'ChatCompletions_Create';
}

const VERSION = /(?:^|&)api-version=(\d{4}-\d{2}-\d{2}(?:-preview)?)(?:&|$)/;

function surfaceOf({ path, query }: SpokenContext['request']): string {
  const version = /^\/+openai\/+v1\//.test(path) ? undefined : VERSION.exec(query ?? '')?.[1];
  return version === undefined ? 'OpenAI Language Model Instance API' : `Azure OpenAI API version ${version}`;
}
