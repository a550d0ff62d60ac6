import { endpointNamed } from '../openai/endpoints/registry.ts';
import { modelNotFound as answer, modelRetrieveNotFound } from '../openai/errors/errors.ts';
import { limitedModel } from '../openai/rate-limits/rate-limit-headers.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The model of the request, as if it were unknown; `/v1/models/{id}` and Responses have wordings of their own, Responses a 400. */
export const modelNotFound = definePlainErrorFault({
  name: 'model_not_found',
  summary: 'the model of the request does not exist',
  status: 404,
  layer: 'gateway',
  errorCodes: ['model_not_found'],
  source: 'https://github.com/elastic/elastic-otel-python-instrumentations (recorded answers)',
  error(_params, { request }) {
    const model = limitedModel(request);
    if (request.endpoint?.modelInPath !== undefined) return modelRetrieveNotFound(model);
    const endpoint = request.endpoint && endpointNamed(request.endpoint.name);
    return (endpoint?.unknownModel ?? answer)(model);
  },
});
