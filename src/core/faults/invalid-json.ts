import { endpointNamed } from '../openai/endpoints/registry.ts';
import { invalidJson as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The gateway could not read the body. */
export const invalidJson = definePlainErrorFault({
  name: 'invalid_json',
  summary: 'the body is refused as not being JSON',
  status: 400,
  layer: 'gateway',
  source: 'https://github.com/ChatGPTNextWeb/NextChat/issues/4064',
  error: (_params, { request }) => ((request.endpoint && endpointNamed(request.endpoint.name))?.unreadable ?? answer)(),
});
