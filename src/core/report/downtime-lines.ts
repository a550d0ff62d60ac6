import { seconds } from '../backoff/kit/seconds.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';
import { plural } from '../text/plural.ts';

/** Spans that reports name. */
const SHOWN = 20;

export const DOWNTIME_TITLE = 'The server, or its store, was down, and what was refused then is in no journal';

/** `10.000 s to 20.000 s (deploy): 2 requests were reset; the last before it came at 9.812 s, the first after it at 20.401 s`, a line a span. */
export function downtimeLines({ downtimes = [] }: Verdict): string[] {
  const lines = downtimes.slice(0, SHOWN).map(({ rule, fromMs, toMs, cut, lastBeforeMs, firstAfterMs }) => {
    const span = toMs === null ? `from ${seconds(fromMs)} on` : `${seconds(fromMs)} to ${seconds(toMs)}`;
    const under = cut === 0 ? 'no request was under way' : `${plural(cut, 'request was', 'requests were')} reset`;
    const before = lastBeforeMs === null ? 'none came before it' : `the last before it came at ${seconds(lastBeforeMs)}`;
    const after = firstAfterMs === null ? 'none came after it' : `the first after it at ${seconds(firstAfterMs)}`;
    return `${span} (${rule}): ${under}; ${before}, ${after}`;
  });
  return downtimes.length > SHOWN ? [...lines, `and ${downtimes.length - SHOWN} more times`] : lines;
}
