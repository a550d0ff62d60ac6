import type { Verdict } from '../verdict/verdict.ts';

/** The verdict on a run that ended before its time: what speaks against the client stands, and nothing else is decided. */
export function cutShort(verdict: Verdict, why: string): Verdict {
  const isOpen = verdict.verdict !== 'fail';
  const explain = isOpen ? `${why}; so far ${verdict.explain}` : `${verdict.explain}; ${why}`;
  return { ...verdict, verdict: isOpen ? 'inconclusive' : verdict.verdict, explain, cutShort: why };
}
