import { rememberLast } from '../../../memo/remember-last.ts';
import { SPECIFIED_HINTS } from '../../rate-limits/retry-hints.ts';
import type { Dialect } from '../dialect.ts';
import { headers } from './headers.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

/** api.openai.com. It serves each path that no other dialect serves. */
export const openai: Dialect = {
  name: 'openai',
  id: 'openai',
  credentialField: ({ authorization }) => authorization,
  credential: ({ authorization }) => bearerKey(authorization),
  envelope: (error) => ({ error }),
  headers,
  rateLimitHeaders,
  hints: SPECIFIED_HINTS,
};

/** Most requests come with the key of the one before. */
const bearerKey = rememberLast((authorization: string | undefined): string | undefined =>
  /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]?.trimEnd(),
);
