import { groupBy } from '../../collections/group-by.ts';
import type { JournalEntry } from '../../journal/entry.ts';
import { unservedUrl } from '../../openai/endpoints/unserved-urls.ts';
import { plural } from '../../text/plural.ts';

/** Requests to one URL that OpenAI has and the mock does not serve. */
export interface UnservedRequests {
  readonly method: string;
  /** With `{id}` in the place of what names one object. */
  readonly path: string;
  readonly n: number;
  /** How a client asks for what is served instead; empty where nothing is known. */
  readonly advice: string;
}

/** URLs that a sentence names. */
export const NAMED_URLS = 3;

/** The requests that are not served, by URL, the most frequent first. */
export function unservedRequests(entries: readonly JournalEntry[]): UnservedRequests[] {
  const unserved = entries.filter((entry) => entry.unserved);
  const urls = unserved.flatMap(({ method, path }) => {
    const url = unservedUrl(method, path);
    return url === undefined ? [] : [{ method, ...url }];
  });
  return [...groupBy(urls, ({ method, path }) => `${method} ${path}`).values()]
    .flatMap((same) => same.slice(0, 1).map((url) => ({ ...url, n: same.length })))
    .sort((a, b) => b.n - a.n);
}

/** `3 requests went to URLs that this mock does not serve: POST /v1/threads (The Responses API …)`. */
export function unservedText(requests: readonly UnservedRequests[]): string {
  const total = requests.reduce((sum, { n }) => sum + n, 0);
  const urls = requests.slice(0, NAMED_URLS).map(({ method, path }) => `${method} ${path}`);
  const more = requests.length > NAMED_URLS ? ` and ${requests.length - NAMED_URLS} more` : '';
  const advice = [...new Set(requests.map((one) => one.advice))].filter((one) => one !== '');
  const went = plural(total, 'request went to a URL', 'requests went to URLs');
  return `${went} that this mock does not serve: ${urls.join(', ')}${more}${advice.length === 0 ? '' : ` (${advice.join('; ')})`}`;
}
