import { createResponseGrammar, namedError } from '../../endpoints/responses/response-grammar.ts';
import type { StreamGrammar } from '../../wire/stream-grammar.ts';

/** Types of errors within a stream: that of a rate limit was captured (wire-responses.md 8.2), the others are those of OpenAI. */
const TYPES: Readonly<Record<string, string>> = { rate_limit_exceeded: 'too_many_requests' };

/** The other order than OpenAI's: first the response that failed, without a reason, then the error (wire-responses.md 8.2). */
export const azureResponseGrammar: StreamGrammar = createResponseGrammar(({ message, type, param, code }, { number, failed }) => {
  const first = failed(null, number);
  const error = {
    type: TYPES[String(code)] ?? type,
    code,
    headers: { 'x-ms-fe-error': 'true' },
    message,
    param,
  };
  const data = JSON.stringify({ type: 'error', error, sequence_number: number + first.length });
  return [...first, namedError('error', data)];
});
