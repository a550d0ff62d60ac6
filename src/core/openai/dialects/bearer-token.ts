import { rememberLast } from '../../memo/remember-last.ts';

/** What stands behind `Bearer` in an Authorization field; undefined where nothing does. Most requests come with the one of the request before. */
export const bearerToken = rememberLast((authorization: string | undefined): string | undefined =>
  /^Bearer +(\S.*)$/i.exec(authorization ?? '')?.[1]?.trimEnd(),
);
