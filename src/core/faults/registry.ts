import type { z } from 'zod';
import type { StreamGrammar } from '../openai/wire/stream-grammar.ts';
import { accountDeactivated } from './account-deactivated.ts';
import { apimError } from './apim-error.ts';
import { badGateway } from './bad-gateway.ts';
import { billingNotActive } from './billing-not-active.ts';
import { type BoundFault, bindFault, type FaultsByName, type NamedFault } from './bound-fault.ts';
import { brokenToolCall } from './broken-tool-call.ts';
import { cloudflareTimeout } from './cloudflare-timeout.ts';
import { conflict } from './conflict.ts';
import { connectionReset } from './connection-reset.ts';
import { contentPolicyViolation } from './content-policy-violation.ts';
import { contextLengthExceeded } from './context-length-exceeded.ts';
import { deploymentNotFound } from './deployment-not-found.ts';
import { duplicateChunk } from './duplicate-chunk.ts';
import { earlyClose } from './early-close.ts';
import { editedAnswer } from './edited-answer.ts';
import { editedStream } from './edited-stream.ts';
import { emptyAnswer } from './empty-answer.ts';
import { emptyResponse } from './empty-response.ts';
import { errorInBody } from './error-in-body.ts';
import type { Fault } from './fault.ts';
import { gatewayTimeout } from './gateway-timeout.ts';
import { goaway } from './goaway.ts';
import { hang } from './hang.ts';
import { httpError } from './http-error.ts';
import { insufficientQuota } from './insufficient-quota.ts';
import { invalidApiKey } from './invalid-api-key.ts';
import { invalidJson } from './invalid-json.ts';
import { invalidType } from './invalid-type.ts';
import { invalidValue } from './invalid-value.ts';
import { keepaliveEvents } from './keepalive-events.ts';
import { latency } from './latency.ts';
import type { Leaves } from './leaves.ts';
import { lostAnswer } from './lost-answer.ts';
import { malformedChunk } from './malformed-chunk.ts';
import { malformedJson } from './malformed-json.ts';
import { maxTokensTooLarge } from './max-tokens-too-large.ts';
import { mismatchedOrganization } from './mismatched-organization.ts';
import { missingApiKey } from './missing-api-key.ts';
import { missingDone } from './missing-done.ts';
import { missingFinishReason } from './missing-finish-reason.ts';
import { missingParameter } from './missing-parameter.ts';
import { missingScopes } from './missing-scopes.ts';
import { missingUsage } from './missing-usage.ts';
import { modelForbidden } from './model-forbidden.ts';
import { modelNotFound } from './model-not-found.ts';
import { nullContent } from './null-content.ts';
import { ok } from './ok.ts';
import { openAfterDone } from './open-after-done.ts';
import { overloaded } from './overloaded.ts';
import { payloadTooLarge } from './payload-too-large.ts';
import { rateLimit } from './rate-limit.ts';
import { reframedStream } from './reframed-stream.ts';
import { requestTimeout } from './request-timeout.ts';
import { requestTooLarge } from './request-too-large.ts';
import { responseFailed } from './response-failed.ts';
import { responseIncomplete } from './response-incomplete.ts';
import { serverDown } from './server-down.ts';
import { serverError } from './server-error.ts';
import { serviceUnavailable } from './service-unavailable.ts';
import { slowBody } from './slow-body.ts';
import { slowDown } from './slow-down.ts';
import { slowHeaders } from './slow-headers.ts';
import { slowStream } from './slow-stream.ts';
import { splitUtf8 } from './split-utf8.ts';
import { stalledStream } from './stalled-stream.ts';
import { streamError } from './stream-error.ts';
import { streamReset } from './stream-reset.ts';
import { tlsFailure } from './tls-failure.ts';
import { truncatedBody } from './truncated-body.ts';
import { truncatedStream } from './truncated-stream.ts';
import { unknownUrl } from './unknown-url.ts';
import { unprocessable } from './unprocessable.ts';
import { unsupportedApiVersion } from './unsupported-api-version.ts';
import { unsupportedCountry } from './unsupported-country.ts';
import { unsupportedParameter } from './unsupported-parameter.ts';
import { websocketClose } from './websocket-close.ts';
import { wrongContentType } from './wrong-content-type.ts';
import { wrongModel } from './wrong-model.ts';

const REGISTRY = [
  ok,
  latency,
  hang,
  slowHeaders,
  slowBody,
  connectionReset,
  streamReset,
  goaway,
  tlsFailure,
  emptyResponse,
  truncatedBody,
  malformedJson,
  wrongContentType,
  earlyClose,
  serverDown,
  websocketClose,
  invalidJson,
  missingParameter,
  invalidType,
  invalidValue,
  unsupportedParameter,
  contextLengthExceeded,
  maxTokensTooLarge,
  contentPolicyViolation,
  missingApiKey,
  invalidApiKey,
  mismatchedOrganization,
  accountDeactivated,
  missingScopes,
  unsupportedCountry,
  modelForbidden,
  modelNotFound,
  unknownUrl,
  requestTimeout,
  conflict,
  payloadTooLarge,
  unprocessable,
  rateLimit,
  requestTooLarge,
  insufficientQuota,
  billingNotActive,
  slowDown,
  serverError,
  badGateway,
  overloaded,
  serviceUnavailable,
  gatewayTimeout,
  cloudflareTimeout,
  deploymentNotFound,
  unsupportedApiVersion,
  apimError,
  httpError,
  slowStream,
  stalledStream,
  truncatedStream,
  streamError,
  responseFailed,
  responseIncomplete,
  missingDone,
  missingFinishReason,
  openAfterDone,
  malformedChunk,
  duplicateChunk,
  splitUtf8,
  reframedStream,
  keepaliveEvents,
  emptyAnswer,
  errorInBody,
  nullContent,
  missingUsage,
  wrongModel,
  lostAnswer,
  brokenToolCall,
  editedAnswer,
  editedStream,
] as const;

type Registered = (typeof REGISTRY)[number];

/** The names of all faults, as a type. */
export type FaultName = Registered['name'];

/** What a scenario may write as the parameters of each fault. */
export type FaultInput = {
  readonly [F in Registered as F['name']]?: z.input<F['params']> | null;
};

/** One fault with its parameters, checked and completed. */
export interface FaultCall extends NamedFault {
  readonly name: FaultName;
}

/** Every fault, in the order of the catalogue. */
export const faults: readonly (Fault & { readonly name: FaultName })[] = REGISTRY;

/** The same by their names. */
export const faultsByName: FaultsByName = new Map(REGISTRY.map((fault) => [fault.name, fault]));

/** The fault of that name. Throws a RangeError when there is none. */
export function faultNamed(name: string): Fault {
  return boundFault({ name, params: undefined }).fault;
}

/** The fault with its parameters. Throws a RangeError when none has that name. */
export function boundFault(call: NamedFault): BoundFault {
  return bindFault(faultsByName, call);
}

/** Whether requests are thrown away that a client sends before it reads of the fault. */
export function hidesRequests(call: NamedFault): boolean {
  return boundFault(call).hidesRequests;
}

/** What a client is left with that meets the fault, in a stream of that grammar if there is one. */
export function leavesOf(call: NamedFault, grammar?: StreamGrammar): Leaves {
  return boundFault(call).leavesIn(grammar);
}
