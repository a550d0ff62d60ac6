import { payloadTooLarge as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The body is too large for the edge. */
export const payloadTooLarge = definePlainErrorFault({
  name: 'payload_too_large',
  summary: 'the edge refuses the size of the body, as a page of HTML',
  status: 413,
  layer: 'edge',
  source: 'https://github.com/openai/codex/issues/2908',
  error: () => answer(),
});
