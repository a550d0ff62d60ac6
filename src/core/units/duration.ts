const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};
const DURATION = /^(?:\d+(?:\.\d+)?(?:ms|[smhd]))+$/;

/** What a duration looks like, for messages. */
export const DURATION_EXAMPLES = '250ms, 2s or 1m30s';

/** Longest duration a scenario may ask for, 2³¹ − 1 ms: Node fires longer timers after 1 ms. */
export const MAX_DURATION_MS = 2_147_483_647;
/** The same as a scenario would write it. */
export const MAX_DURATION = '24d20h31m23.647s';

/** "250ms", "2s", "1m30s" → milliseconds; undefined when the text is not a duration. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  if (!DURATION.test(text)) return undefined;
  let total = 0;
  for (const [, amount, unit] of text.matchAll(/(\d+(?:\.\d+)?)(ms|[smhd])/g)) {
    total += Number(amount) * (UNIT_MS[unit ?? ''] ?? 0);
  }
  // Sums of fractions carry noise: 1.007 s is 1006.9999… ms.
  return Math.round(total * 1_000) / 1_000;
}

/** A number and a word behind it: `2 sec`, `1min`, `-5s`, `1m 30`. */
const NEAR_DURATION = /^\s*[-+]?\d[\d.,]*\s*[a-zµ][\w\s.,µ]*$/i;

const UNIT_WORDS: readonly (readonly [word: RegExp, unit: string])[] = [
  [/(?<=\d)(?:milliseconds?|millis|msecs?|ms)(?![a-z])/g, 'ms'],
  [/(?<=\d)(?:seconds?|secs?|s)(?![a-z])/g, 's'],
  [/(?<=\d)(?:minutes?|mins?|m)(?![a-z])/g, 'm'],
  [/(?<=\d)(?:hours?|hrs?|h)(?![a-z])/g, 'h'],
  [/(?<=\d)(?:days?|d)(?![a-z])/g, 'd'],
];

/**
 * A text that is no duration but looks like one: `2 sec` → what it seems to mean, "2s"; an empty text where that is not
 * clear; undefined where it does not look like one. Numbers such as 1e3 do not.
 */
export function nearDuration(text: string): string | undefined {
  if (text.length > 40 || !Number.isNaN(Number(text)) || parseDuration(text) !== undefined || !NEAR_DURATION.test(text))
    return undefined;
  const joined = text.toLowerCase().replace(/\s+(?:and\s+)?|,\s+/g, '');
  const meant = UNIT_WORDS.reduce((written, [word, unit]) => written.replace(word, unit), joined);
  return parseDuration(meant) === undefined ? '' : meant;
}

/** Milliseconds → the shortest form a scenario would use: 1500 → "1.5s", 90000 → "1m30s". */
export function formatDuration(ms: number): string {
  if (ms < 1_000) return `${trim(ms)}ms`;
  if (ms < 60_000) return `${trim(ms / 1_000)}s`;
  const minutes = Math.floor(ms / 60_000);
  const rest = ms - minutes * 60_000;
  return rest === 0 ? `${minutes}m` : `${minutes}m${trim(rest / 1_000)}s`;
}

/**
 * Milliseconds → Go `time.Duration` text, as OpenAI prints waits (wire.md 2.4): "0s", "12ms", "1.182s", "1m0.198s",
 * "7m12s", "1h8m25.745s". Truncated to whole milliseconds.
 */
export function formatGoDuration(ms: number): string {
  const whole = Math.floor(ms);
  if (whole < 1) return '0s';
  if (whole < 1_000) return `${whole}ms`;
  const hours = Math.floor(whole / 3_600_000);
  const minutes = Math.floor((whole % 3_600_000) / 60_000);
  const seconds = trim((whole % 60_000) / 1_000);
  if (hours > 0) return `${hours}h${minutes}m${seconds}s`;
  return minutes > 0 ? `${minutes}m${seconds}s` : `${seconds}s`;
}

function trim(value: number): string {
  return String(Number(value.toFixed(3)));
}
