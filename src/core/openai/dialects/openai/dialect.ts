import { rememberLast } from '../../../memo/remember-last.ts';
import { defineDialect } from '../dialect.ts';
import { headers } from './headers.ts';
import { rateLimitHeaders } from './rate-limit-headers.ts';

/** api.openai.com. It serves each path that no other dialect serves. */
export const openai = defineDialect({
  name: 'openai',
  route: (path) => path,
  credential: ({ authorization }) => bearerKey(authorization),
  envelope: (error) => ({ error }),
  headers,
  rateLimitHeaders,
});

/** Most requests come with the key of the one before. */
const bearerKey = rememberLast((authorization: string | undefined): string | undefined =>
  /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]?.trimEnd(),
);
