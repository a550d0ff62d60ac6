import type { Verdict } from '../backoff/verdict/verdict.ts';
import { plural } from '../text/plural.ts';

/** `POST /v1/fine_tuning/jobs: 3 requests`, with advice where there is some: a line a URL that the mock does not serve. */
export function unservedLines({ unserved }: Verdict): string[] {
  return unserved.map(({ method, path, n, advice }) => {
    const line = `${method} ${path}: ${plural(n, 'request')}`;
    return advice === '' ? line : `${line}. ${advice}`;
  });
}

export const UNSERVED_TITLE = 'not served by this mock, and in no rule';
