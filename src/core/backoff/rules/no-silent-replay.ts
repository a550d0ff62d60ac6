import { plural } from '../../text/plural.ts';
import type { Gap, Try } from '../history/call-history.ts';
import { wasLeftWith } from '../kit/noticed.ts';
import { gapObservation } from '../kit/observation.ts';
import { probeOf } from '../kit/probe.ts';
import { defineRule, notApplicable } from '../kit/rule.ts';

/** A text that begins twice with so many equal characters was put together from two attempts. */
const REPEATED_CHARS = 12;

export const noSilentReplay = defineRule({
  id: 'no_silent_replay',
  summary: 'does not glue a second answer to the part of the first that was delivered',
  source: 'nanobot #4038, https://github.com/HKUDS/nanobot/issues/4038',
  severity: 'high',
  confidence: 'deterministic',
  measures:
    'attempts after a stream that broke with content; fails when the text of the client begins twice, warns when nobody tells its text. A request that brings what was delivered, as an answer that has begun, resumes it',
  falseAlarmBound: 0,
  advice: 'after the first token, either fail, or throw away what was shown and start again visibly',
  probe: probeOf('no-silent-replay', 15_000, {
    rules: [{ attempts: 1, fault: { truncated_stream: { after_chunks: 5, end: 'reset' } } }],
    calls: 2,
    stream: true,
  }),
  looksAt: 'eventful calls',
  check: ({ calls, outcomeOf }) => {
    const replays = calls.flatMap((call) =>
      call.gaps
        .filter(({ before }) => brokeWithContent(before))
        .map((gap) => ({ call, gap, text: outcomeOf(call)?.text?.trimStart() })),
    );
    const broken = calls.filter(({ tries }) => tries.some(brokeWithContent));
    if (broken.length === 0) return notApplicable('no stream broke after content was delivered');
    if (replays.length === 0)
      return {
        verdict: 'pass',
        explain: `${plural(broken.length, 'broken stream was', 'broken streams were')} not replayed`,
        n: broken.length,
      };
    const twice = replays.filter(({ text }) => text !== undefined && beginsTwice(text));
    const doubled = twice.filter(
      ({ call, text = '' }) => beginningsInRow(text) <= call.tries.filter(brokeWithContent).length + 1,
    );
    const resumed = replays.filter(({ gap }) => isResumed(gap));
    const untold = replays.filter(({ text, gap }) => text === undefined && !isResumed(gap));
    const shown = doubled.length > 0 ? doubled : untold;
    if (doubled.length === 0 && untold.length === 0 && twice.length > 0)
      return {
        verdict: 'inconclusive',
        explain: `${plural(twice.length, 'text repeats itself', 'texts repeat themselves')} more often than streams broke off: whether an answer is glued to a part does not show`,
        n: replays.length,
      };
    return {
      verdict: doubled.length > 0 ? 'fail' : untold.length > 0 ? 'warn' : 'pass',
      explain:
        doubled.length > 0
          ? `${plural(doubled.length, 'text begins', 'texts begin')} twice: the part before the cut, then the whole answer`
          : untold.length > 0
            ? `${plural(untold.length, 'stream was', 'streams were')} replayed after partial output; whether the text is right only the client can tell`
            : passText(replays.length - resumed.length, resumed.length),
      n: replays.length,
      statistic: { name: 'texts that begin twice', value: doubled.length, unit: 'calls' },
      threshold: 1,
      evidence: shown.map(({ call, gap }) =>
        gapObservation(call, gap, `replayed after ${plural(gap.before.entry.bytesOut, 'byte')} of output`),
      ),
    };
  },
});

/** The next request brings what was delivered, for the answer to go on from there: each chunk of it had a character at least. */
function isResumed({ before: { entry: before }, after: { entry: after } }: Gap): boolean {
  return before.question !== null && before.question === after.question && (after.begunAnswer ?? 0) >= before.chunksOut;
}

function passText(replayed: number, resumed: number): string {
  const parts = [
    ...(replayed === 0 ? [] : [`${plural(replayed, 'stream was', 'streams were')} replayed, and no text begins twice`]),
    ...(resumed === 0 ? [] : [`${plural(resumed, 'stream was', 'streams were')} resumed behind what had been delivered`]),
  ];
  return parts.join('; ');
}

function brokeWithContent(attempt: Try): boolean {
  const { failure, entry } = attempt;
  const stalled = failure === 'abandoned' && wasLeftWith(attempt, 'stalled');
  return (failure === 'content' || stalled) && entry.stream && entry.chunksOut > 0;
}

/**
 * Whether the text is a beginning, and then a whole that begins in the same way. Blanks may stand between them, and other beginnings
 * of streams that broke off earlier.
 */
function beginsTwice(text: string): boolean {
  const head = text.slice(0, REPEATED_CHARS);
  const again = text.indexOf(head, REPEATED_CHARS);
  if (again <= 0 || isRaw(text)) return false;
  const beginning = text.slice(0, again).trimEnd();
  return [again, text.lastIndexOf(head)].some((at) => text.startsWith(beginning, at));
}

/** How often the beginning of the text stands there, one behind the other: once for each part that is glued, and once for the whole. */
function beginningsInRow(text: string): number {
  const lengthOfOne = text.indexOf(text.slice(0, REPEATED_CHARS), REPEATED_CHARS);
  const beginning = text.slice(0, lengthOfOne).trimEnd();
  let count = 1;
  while (text.startsWith(beginning, count * lengthOfOne)) count += 1;
  return count;
}

/** A client that hands on events or JSON as they came: every event begins in the same way. */
function isRaw(text: string): boolean {
  return /^(data:|event:|:|\s*[{[])/.test(text);
}
