import type { Verdict } from '../backoff/verdict/verdict.ts';
import { plural } from '../text/plural.ts';

/** `POST /v1/responses: 3 requests. AI SDK: openai.chat('gpt-4o') …`, a line a URL that the mock does not serve. */
export function unservedLines({ unserved }: Verdict): string[] {
  return unserved.map(({ method, path, n, advice }) => {
    const line = `${method} ${path}: ${plural(n, 'request')}`;
    return advice === '' ? line : `${line}. ${advice}`;
  });
}

export const UNSERVED_TITLE = 'not served by this mock, and in no rule';
