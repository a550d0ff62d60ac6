import type { CallHistory, Try } from '../history/call-history.ts';
import { failureText } from '../history/failure.ts';
import { seconds } from './seconds.ts';

/** So many equal attempts are told as one, and so many if only their waits differ. */
const FOLDED = 4;
const FOLDED_UNEVEN = 8;
/** Waits count as equal that differ by no more than this share of the shortest, or by so many milliseconds. */
const EQUAL_SHARE = 0.2;
const EQUAL_MS = 10;
/** Of what is left, so many links are shown. */
const SHOWN = 12;

interface Link {
  readonly text: string;
  /** Before it, in milliseconds; undefined for the first, and where attempts overlap. */
  readonly gapMs: number | undefined;
}

/**
 * The tries of a call in one line: `429 → 0.502 s → 429 → 1.104 s → 200`. What is sent again and again at equal intervals,
 * with the same end, is told once: `20 × 503, each after 0.10 s`, or `20 × 503, each after 0.11 to 0.41 s`.
 */
export function foldedChain({ tries, gaps, failovers }: CallHistory): string {
  const gapBefore = new Map([...gaps, ...failovers].map(({ after, gapMs }) => [after, gapMs]));
  const links = tries.map((attempt): Link => ({ text: answerText(attempt), gapMs: gapBefore.get(attempt) }));
  const parts: string[] = [];
  let shown = 0;
  for (let at = 0; at < links.length && shown < SHOWN; shown++) {
    const { gapMs, text = '' } = links[at] ?? {};
    const folded = foldable(links, at);
    if (gapMs !== undefined) parts.push(seconds(gapMs));
    parts.push(folded === undefined ? text : foldedText(text, folded));
    at += folded?.length ?? 1;
    if (shown === SHOWN - 1 && at < links.length) parts.push(`… (${links.length} attempts)`);
  }
  return parts.join(' → ');
}

function answerText({ asked, entry }: Try): string {
  return asked === undefined ? failureText(entry) : `${entry.status} ${asked.text}`;
}

/** The links from a place on that are told as one; undefined where there are too few. */
function foldable(links: readonly Link[], from: number): readonly Link[] | undefined {
  const even = runOf(links, from, areEven);
  if (even.length >= FOLDED) return even;
  const uneven = runOf(links, from, () => true);
  return uneven.length >= FOLDED_UNEVEN ? uneven : undefined;
}

/** The link at a place and those after it that say the same, as long as the shortest and the longest wait go together. */
function runOf(
  links: readonly Link[],
  from: number,
  goTogether: (shortest: number, longest: number) => boolean,
): readonly Link[] {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = 0;
  let to = from + 1;
  for (; to < links.length; to++) {
    const { text, gapMs } = links[to] ?? {};
    if (gapMs === undefined || text !== links[from]?.text) break;
    shortest = Math.min(shortest, gapMs);
    longest = Math.max(longest, gapMs);
    if (!goTogether(shortest, longest)) break;
  }
  return links.slice(from, to);
}

function areEven(shortest: number, longest: number): boolean {
  return longest - shortest <= Math.max(EQUAL_MS, EQUAL_SHARE * shortest);
}

function foldedText(text: string, [, ...repeated]: readonly Link[]): string {
  const waits = repeated.map(({ gapMs = 0 }) => gapMs).sort((a, b) => a - b);
  const [shortest = 0] = waits;
  const longest = waits.at(-1) ?? 0;
  const meanMs = waits.reduce((sum, ms) => sum + ms, 0) / waits.length;
  const told = (ms: number) => (ms / 1_000).toFixed(meanMs < 100 ? 3 : 2);
  const each = areEven(shortest, longest) ? told(meanMs) : `${told(shortest)} to ${told(longest)}`;
  return `${repeated.length + 1} × ${text}, each after ${each} s`;
}
