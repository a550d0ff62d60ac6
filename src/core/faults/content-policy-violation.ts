import { contentPolicyViolation as answer } from '../openai/errors/errors.ts';
import { definePlainErrorFault } from './error-fault.ts';

/** The prompt is blocked after admission: the answer shows what it has drawn. */
export const contentPolicyViolation = definePlainErrorFault({
  name: 'content_policy_violation',
  summary: 'the prompt is flagged as violating the usage policy',
  status: 400,
  layer: 'api',
  errorCodes: ['invalid_prompt'],
  source: 'https://github.com/BeehiveInnovations/pal-mcp-server/issues/178',
  error: answer,
});
