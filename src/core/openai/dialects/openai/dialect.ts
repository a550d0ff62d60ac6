import { SPECIFIED_HINTS } from '../../rate-limits/retry-hints.ts';
import { bearerToken } from '../bearer-token.ts';
import type { Dialect } from '../dialect.ts';
import { headers } from './headers.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

/** api.openai.com. It serves each path that no other dialect serves. */
export const openai: Dialect = {
  name: 'openai',
  id: 'openai',
  credentialField: ({ authorization }) => authorization,
  credential: ({ authorization }) => bearerToken(authorization),
  envelope: (error) => ({ error }),
  headers,
  rateLimitHeaders,
  hints: SPECIFIED_HINTS,
};
