import type { ModelInfo } from '../../models/models.ts';
import type { ItemObject } from './item-shapes.ts';
import type { ItemIds, OutputItem } from './output-item.ts';
import type { ResponseEcho } from './response-echo.ts';
import { NO_TOOL_USAGE, type ResponseObject, type ResponseStatus, type ResponseUsage } from './response-shape.ts';

/** A healthy response, before it is put into JSON or a stream. Equal requests have equal ones; ids and times are not in it. */
export interface ResponseAnswer {
  readonly model: ModelInfo;
  readonly echo: ResponseEcho;
  readonly items: readonly OutputItem[];
  readonly usage: ResponseUsage;
  /** Why the response ends before it is complete; undefined where it is complete. */
  readonly incompleteReason: 'max_output_tokens' | 'content_filter' | undefined;
}

/** What tells one response from others that say the same. Times in seconds since the epoch. */
export interface ResponseIdentity {
  readonly id: string;
  readonly createdAt: number;
  readonly completedAt: number;
  /** Of the items of the output, in their order. */
  readonly items: readonly ItemIds[];
}

/** Where a response is on its way: what differs between its states. */
interface ResponseState {
  readonly id: string;
  readonly createdAt: number;
  readonly status: ResponseStatus;
  readonly completedAt: number | null;
  readonly error: ResponseObject['error'];
  readonly incompleteReason: NonNullable<ResponseObject['incomplete_details']>['reason'] | undefined;
  readonly output: ItemObject[];
  readonly serviceTier: string;
  readonly toolUsage: ResponseObject['tool_usage'];
  readonly usage: ResponseUsage | null;
  readonly billed: boolean;
}

/** A response of that request in that state. */
function responseInState(echo: ResponseEcho, state: ResponseState): ResponseObject {
  const { conversation, prompt, promptCacheOptions: cacheOptions, contentFilters: filters } = echo;
  const { incompleteReason: reason } = state;
  return {
    id: state.id,
    object: 'response',
    created_at: state.createdAt,
    status: state.status,
    background: echo.background,
    ...(state.billed && filters === undefined && { billing: { payer: 'developer' } }),
    completed_at: state.completedAt,
    ...(filters && { content_filters: state.usage === null ? null : filters }),
    ...(conversation && { conversation }),
    error: state.error,
    frequency_penalty: echo.frequencyPenalty,
    incomplete_details: reason === undefined ? null : { reason },
    instructions: echo.instructions,
    max_output_tokens: echo.maxOutputTokens,
    max_tool_calls: echo.maxToolCalls,
    model: echo.model,
    moderation: null,
    output: state.output,
    parallel_tool_calls: echo.parallelToolCalls,
    presence_penalty: echo.presencePenalty,
    previous_response_id: echo.previousResponseId,
    ...(prompt !== undefined && { prompt }),
    prompt_cache_key: echo.promptCacheKey,
    ...(cacheOptions !== undefined && { prompt_cache_options: cacheOptions }),
    prompt_cache_retention: echo.promptCacheRetention,
    reasoning: echo.reasoning,
    safety_identifier: echo.safetyIdentifier,
    service_tier: state.serviceTier,
    store: echo.store,
    temperature: echo.temperature,
    text: echo.text,
    tool_choice: echo.toolChoice,
    tool_usage: state.toolUsage,
    tools: echo.tools,
    top_logprobs: echo.topLogprobs,
    top_p: echo.topP,
    truncation: echo.truncation,
    usage: state.usage,
    user: echo.user,
    metadata: echo.metadata,
  };
}

const BEGUN = {
  completedAt: null,
  error: null,
  incompleteReason: undefined,
  output: [],
  toolUsage: NO_TOOL_USAGE,
  usage: null,
  billed: false,
};

/** The response before anything of its output is there. */
export function begunResponse(
  echo: ResponseEcho,
  { id, createdAt }: Pick<ResponseIdentity, 'id' | 'createdAt'>,
  status: 'queued' | 'in_progress' = 'in_progress',
): ResponseObject {
  return responseInState(echo, { ...BEGUN, id, createdAt, status, serviceTier: echo.askedTier });
}

/** The response when it is finished; `billed` in a body in one piece, not in a stream (wire-responses.md 2.1). */
export function finishedResponse(
  { echo, items, usage, incompleteReason }: ResponseAnswer,
  { id, createdAt, completedAt, items: ids }: ResponseIdentity,
  billed: boolean,
): ResponseObject {
  const searches = items.filter(({ prefix }) => prefix === 'ws').length;
  return responseInState(echo, {
    id,
    createdAt,
    status: incompleteReason === undefined ? 'completed' : 'incomplete',
    completedAt: incompleteReason === undefined ? completedAt : null,
    error: null,
    incompleteReason,
    output: items.map((item, index) => item.whole(ids[index] ?? NO_IDS)),
    serviceTier: echo.servedTier,
    toolUsage: searches === 0 ? NO_TOOL_USAGE : { ...NO_TOOL_USAGE, web_search: { num_requests: searches } },
    usage,
    billed,
  });
}

const NO_IDS: ItemIds = { id: '', callId: '', seal: '' };

/** What that many tokens cost. Nothing was cached. */
export function responseUsage({ input, output, reasoning }: Spent): ResponseUsage {
  return {
    input_tokens: input,
    input_tokens_details: { cache_write_tokens: 0, cached_tokens: 0 },
    output_tokens: output + reasoning,
    output_tokens_details: { reasoning_tokens: reasoning },
    total_tokens: input + output + reasoning,
  };
}

/** Tokens of a response; `output` is what can be read, without the reasoning. */
interface Spent {
  readonly input: number;
  readonly output: number;
  readonly reasoning: number;
}
