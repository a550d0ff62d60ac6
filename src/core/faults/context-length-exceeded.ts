import { chatOverflow } from '../openai/endpoints/chat/chat-overflow.ts';
import { endpointNamed } from '../openai/endpoints/registry.ts';
import { modelInfo } from '../openai/models/models.ts';
import { limitedModel } from '../openai/rate-limits/rate-limit-headers.ts';
import { record, whole } from '../schema/fields.ts';
import { defineErrorFault } from './error-fault.ts';
import { errorShape } from './error-params.ts';

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
  error({ limit, used }, context) {
    const { request, settings } = context;
    const model = limitedModel(request);
    const contextWindow = modelInfo(model, settings)?.contextWindow ?? null;
    const { overflow = chatOverflow } = (request.endpoint && endpointNamed(request.endpoint.name)) ?? {};
    return overflow(context, { model, limit, used, contextWindow });
  },
});
