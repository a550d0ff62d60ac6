import type { ErrorAnswer } from '../../errors/error-answer.ts';
import type { ErrorBody } from '../../errors/error-body.ts';
import { contentFilterResults, type FilterFindings } from './content-filter.ts';

/*
 * What Azure answers when it does not answer (wire-responses.md 8.2): one function an error. Where a row there is marked with
 * a question mark, or is missing, the function says `unverified`.
 */

type Printed = Required<Pick<ErrorAnswer, 'error' | 'print'>>;

/** `{"error":{"code":…,"message":…}}`. */
function coded(code: string, message: string): Printed {
  return {
    error: bodyOf(code, message),
    print: (error) => JSON.stringify({ error: { code: error.code, message: error.message } }),
  };
}

/** The same with a blank before the message, as the front end prints what it says itself. */
function spaced(code: string, message: string): Printed {
  return {
    error: bodyOf(code, message),
    print: (error) => `{"error":{"code":${JSON.stringify(error.code)},"message": ${JSON.stringify(error.message)}}}`,
  };
}

function bodyOf(code: string, message: string, type: string | null = null): ErrorBody {
  return { message, type, param: null, code };
}

/** 224 bytes. It has none of the other headers of the front end. */
export function invalidKey(): ErrorAnswer {
  return {
    status: 401,
    layer: 'gateway',
    ...coded(
      '401',
      'Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an active ' +
        'subscription and use a correct regional API endpoint for your resource.',
    ),
    without: ['strict-transport-security', 'x-content-type-options', 'x-ms-region'],
  };
}

/** The gateway of API Management: no error object. */
export function apimError(status: number, message: string): ErrorAnswer {
  return {
    status,
    layer: 'gateway',
    error: { message, type: null, param: null, code: null },
    print: (error) => `{ "statusCode": ${status}, "message": ${JSON.stringify(error.message)} }`,
  };
}

export function invalidToken(): ErrorAnswer {
  return apimError(
    401,
    'Unauthorized. Access token is missing, invalid, audience is incorrect (https://cognitiveservices.azure.com), or have expired.',
  );
}

/** The reference leaves out who lacks what: what stands there is made up. */
export function permissionDenied(): ErrorAnswer {
  return {
    status: 401,
    layer: 'gateway',
    ...coded('PermissionDenied', 'The principal lacks the required data action to perform the operation.'),
  };
}

/** 56 bytes: an unknown path, and a classic one without a good version. */
export function resourceNotFound(): ErrorAnswer {
  return { status: 404, layer: 'gateway', ...spaced('404', 'Resource not found'), without: ['x-ms-region'] };
}

/** 400 of a version. */
export function badRequest(message: string): ErrorAnswer {
  return { status: 400, layer: 'gateway', ...coded('BadRequest', message) };
}

/** 254 bytes, in chunks, without a content type. That v1 says the same is unverified. */
export function deploymentNotFound(): ErrorAnswer {
  const message =
    'The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait ' +
    'a moment and try again.';
  return {
    status: 404,
    layer: 'gateway',
    error: bodyOf('DeploymentNotFound', message, 'invalid_request_error'),
    print: ({ type, code, message: text }) => JSON.stringify({ error: { type, code, message: text } }, null, 2),
    without: ['content-type', 'content-length'],
    extra: [['transfer-encoding', 'chunked']],
  };
}

/** What a limit refuses, and in whose name. */
export interface Quota {
  readonly kind: 'token' | 'call';
  readonly deployment: string;
  readonly model: string;
  readonly region: string;
  /** `ChatCompletions_Create`. */
  readonly operation: string;
  /** `Azure OpenAI API version 2024-08-01-preview`. */
  readonly surface: string;
  readonly waitMs: number;
}

/** The words of 2025 and 2026. */
export function quotaReached({ kind, deployment, model, region, operation, surface, waitMs }: Quota): ErrorAnswer {
  const seconds = Math.max(1, Math.ceil(waitMs / 1_000));
  return {
    status: 429,
    layer: 'gateway',
    ...coded(
      'RateLimitReached',
      `Your requests to ${deployment} for ${model} in ${region} have exceeded the ${kind} rate limit for your current OpenAI S0 ` +
        `pricing tier. This request was for ${operation} under ${surface}. Please retry after ${seconds} ` +
        `seconds. To increase your default rate limit, visit: https://aka.ms/oai/quotaincrease.`,
    ),
  };
}

/** The words of Foundry, 2026: they go with `retry-after-ms: 0`. 295 bytes for a model name of 27 characters. */
export function foundryQuotaReached({ deployment, region }: Pick<Quota, 'deployment' | 'region'>): ErrorAnswer {
  const place = region.toLowerCase().replaceAll(' ', '');
  return {
    status: 429,
    layer: 'gateway',
    error: bodyOf('RateLimitReached', `Your requests to ${deployment} for ${deployment} in ${place} have exceeded rate limit.`),
    print: ({ code, message }) => JSON.stringify({ error: { code, message, details: message } }),
    format: { contentType: 'application/json; charset=utf-8' },
  };
}

/** The backend behind the gateway is asked too fast. Its text tells the wait, and no header does: https://github.com/microsoft/copilot-camp/issues/551. */
export function backendRateLimited(seconds: number): ErrorAnswer {
  return { status: 429, layer: 'gateway', ...spaced('429', `Rate limit is exceeded. Try again in ${seconds} seconds.`) };
}

/** Sic: "was timeout". */
export function timedOut(): ErrorAnswer {
  return { status: 408, layer: 'api', ...coded('Timeout', 'The operation was timeout.') };
}

/** Codes that the reference has; texts that it lacks are those of OpenAI: unverified. */
export function failed(status: 500 | 503, message: string): ErrorAnswer {
  return { status, layer: 'api', ...coded(status === 500 ? 'InternalServerError' : 'ServiceUnavailable', message) };
}

/** An error of OpenAI in the envelope of Azure: unverified. */
export function reworded({ status, layer, error, extra, admitted }: ErrorAnswer, code: string): ErrorAnswer {
  const told = coded(code, error?.message ?? '');
  return { status, layer, ...told, ...(extra && { extra }), ...(admitted && { admitted }) };
}

/** The prompt is filtered. That Responses say the same is unverified. */
export function promptFiltered(found: FilterFindings): ErrorAnswer {
  const message =
    "The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt " +
    'and retry. To learn more about our content filtering policies please read our documentation: ' +
    'https://go.microsoft.com/fwlink/?linkid=2198766';
  const result = contentFilterResults(found);
  return {
    status: 400,
    layer: 'api',
    error: { message, type: null, param: 'prompt', code: 'content_filter' },
    print: ({ message: text, type, param, code }) =>
      JSON.stringify({
        error: {
          message: text,
          type,
          param,
          code,
          status: 400,
          innererror: { code: 'ResponsibleAIPolicyViolation', content_filter_result: severityFirst(result) },
        },
      }),
  };
}

/** Key order of the captured error: hate, jailbreak, self_harm, sexual, violence. */
function severityFirst(result: Readonly<Record<string, object>>) {
  const { hate, self_harm, sexual, violence } = result;
  return { hate, jailbreak: { filtered: false, detected: false }, self_harm, sexual, violence };
}
