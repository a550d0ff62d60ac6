import { modelForbidden as answer } from '../openai/errors/errors.ts';
import { limitedModel } from '../openai/rate-limits/rate-limit-headers.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The model exists, for others. */
export const modelForbidden = definePlainErrorFault({
  name: 'model_forbidden',
  summary: 'the project has no access to the model',
  status: 403,
  layer: 'gateway',
  errorCodes: ['model_not_found'],
  source: 'https://github.com/Aider-AI/aider/issues/1903',
  error: (_params, { identity, request }) => answer(identity.project, limitedModel(request)),
});
