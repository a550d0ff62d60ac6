import { DEFAULT_MAX_TOKENS } from '../openai/endpoints/completions/completions-error.ts';
import { inputLimit } from '../openai/endpoints/embeddings/embeddings-error.ts';
import {
  contextLengthExceeded as answer,
  type ContextOverflow,
  countsCompletion,
  inputTooLong,
  type PromptOverflow,
  promptTooLong,
} from '../openai/errors/errors.ts';
import { modelInfo } from '../openai/models/models.ts';
import { limitedModel, precountTokens } from '../openai/rate-limits/rate-limit-headers.ts';
import { type ApiRequest, asList, fieldsOf } from '../openai/request/request.ts';
import { record, whole } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

/** The window that is told for a model of which none is known, in tokens. */
const USUAL_WINDOW = 128_000;
const USUAL_INPUT = 8_192;

/**
 * The request does not fit the context window of the model. The wording is that of the endpoint and of the model's family; a request that
 * would fit is said to exceed the window by a twentieth.
 */
export const contextLengthExceeded = defineErrorFault({
  name: 'context_length_exceeded',
  summary: 'the request does not fit the context window (unverified: the texts for completions and embeddings)',
  status: 400,
  layer: 'api',
  errorCodes: ['context_length_exceeded'],
  source:
    'https://github.com/ChatGPTNextWeb/NextChat/issues/3195, https://github.com/bytedance/deer-flow/issues/310, https://github.com/crmne/ruby_llm; unverified: the texts for completions and embeddings',
  params: record({
    ...errorShape,
    limit: whole(1).optional().describe('context window in tokens'),
    used: whole(2).optional().describe('tokens of the request'),
  })
    .refine(({ limit, used }) => limit === undefined || used === undefined || used > limit, {
      path: ['used'],
      error: 'used must be above limit',
    })
    .prefault({}),
  error({ limit, used }, { request, settings }) {
    const model = limitedModel(request);
    const known = modelInfo(model, settings)?.contextWindow ?? null;
    const { endpoint } = request;
    if (endpoint === 'embeddings') return inputTooLong(0, limit ?? inputLimit(known) ?? USUAL_INPUT);
    const window = limit ?? Math.min(known ?? USUAL_WINDOW, (used ?? Number.POSITIVE_INFINITY) - 1);
    if (endpoint === 'completions') return promptTooLong(promptOverflow(request, window, used));
    const messages = precountTokens(request);
    const { functions, completion } = extrasOf(request, model);
    const extras = (functions ?? 0) + (completion ?? 0);
    const total = used ?? Math.max(messages + extras, window + Math.ceil(window / 20));
    return answer(model, {
      limit: window,
      messages: Math.max(1, total - extras),
      functions,
      completion,
    });
  },
});

/** A prompt that is too long together with what is to follow it. */
function promptOverflow(request: ApiRequest, limit: number, used = limit + Math.ceil(limit / 20)): PromptOverflow {
  const asked = fieldsOf(request)['max_tokens'];
  const completion = Math.min(typeof asked === 'number' ? asked : DEFAULT_MAX_TOKENS, used - 1);
  return { limit, prompt: used - completion, completion };
}

/** What fills the window besides the messages; of the two, the one that the wording for the model tells. */
function extrasOf(request: ApiRequest, model: string): Pick<ContextOverflow, 'functions' | 'completion'> {
  const { tools, max_tokens: completion } = fieldsOf(request);
  const isCounted = typeof completion === 'number' && completion > 0 && countsCompletion(model);
  if (isCounted && Number.isSafeInteger(completion)) return { completion };
  return asList(tools).length > 0 ? { functions: Math.ceil(JSON.stringify(tools).length / 4) } : {};
}
