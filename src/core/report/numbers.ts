import type { Finding } from '../backoff/kit/finding.ts';
import { seconds } from '../backoff/kit/observation.ts';
import type { Verdict } from '../backoff/verdict/verdict.ts';

/** At most three decimals, none that say nothing. */
export function short(value: number): string {
  return Number.isFinite(value) ? String(Math.round(value * 1_000) / 1_000) : '∞';
}

/** A span of time in the unit that people would use: `4 ms`, `2.004 s`, `12 min`. */
export function span(ms: number): string {
  if (ms < 1_000) return `${short(Math.round(ms * 10) / 10)} ms`;
  if (ms < 600_000) return seconds(ms);
  return ms < 36_000_000 ? `${short(Math.round(ms / 6_000) / 10)} min` : `${short(Math.round(ms / 360_000) / 10)} h`;
}

/** `earliness: 27.996 s (threshold 0 ms)`. What is counted, the name says. */
export function statisticText({ name, value, unit }: NonNullable<Finding['statistic']>, threshold: number | null): string {
  const told = (amount: number) => {
    if (unit === 'ms') return span(amount);
    return unit === 'share' ? `${short(amount * 100)} %` : short(amount);
  };
  return `${name}: ${told(value)}${threshold === null ? '' : ` (threshold ${told(threshold)})`}`;
}

/** `exact 4, likely 2`: how surely the calls were recognised. */
function correlationText({ correlation }: Verdict): string {
  const parts = Object.entries(correlation).flatMap(([certainty, count]) => (count > 0 ? [`${certainty} ${count}`] : []));
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** The clocks that findings were measured on, other than the real one: `censored@12s: long_hint`. */
function clockText({ findings }: Verdict): string {
  const rules = new Map<string, string[]>();
  for (const { clock, rule, verdict } of findings) {
    if (clock === 'real' || verdict === 'not_applicable') continue;
    rules.set(clock, [...(rules.get(clock) ?? []), rule]);
  }
  return rules.size === 0 ? 'real' : `real; ${[...rules].map(([clock, ids]) => `${clock}: ${ids.join(', ')}`).join('; ')}`;
}

/** `12: pass 9, inconclusive 3`. */
function sessionsText(sessions: NonNullable<Verdict['sessions']>): string {
  const kinds = (['fail', 'warn', 'inconclusive', 'pass'] as const).flatMap((kind) => {
    const { length } = sessions.filter(({ verdict }) => verdict === kind);
    return length === 0 ? [] : [`${kind} ${length}`];
  });
  return `${sessions.length}: ${kinds.join(', ')}`;
}

/** The numbers of a run, each with its name. */
export function runNumbers(verdict: Verdict): (readonly [name: string, value: string])[] {
  return [
    ['scenario', `${verdict.scenario}, seed ${verdict.seed}`],
    ['policy', verdict.policy.preset],
    ...(verdict.sessions === undefined ? [] : [['sessions', sessionsText(verdict.sessions)] as const]),
    ['calls', String(verdict.calls)],
    ['attempts', String(verdict.attempts)],
    ['amplification', `×${short(verdict.amplification)}`],
    ['in flight', inFlightText(verdict.inFlight)],
    ...(verdict.tokens.wasted === 0 ? [] : [['tokens', costText(verdict.tokens)] as const]),
    ['recognised', correlationText(verdict)],
    ['watched', span(verdict.watchedMs)],
    ['clock', clockText(verdict)],
  ];
}

/** `8 at most; 5 with one key, 3 to one target`. Where there is one key, or one target, or all came one by one, there is nothing to add. */
function inFlightText({ most, byKey, byTarget }: Verdict['inFlight']): string {
  if (most < 2) return `${most} at most`;
  const parts = [
    ...(byKey.length > 1 ? [`${byKey[0]?.most ?? 0} with one key`] : []),
    ...(byTarget.length > 1 ? [`${byTarget[0]?.most ?? 0} to one target`] : []),
  ];
  return `${most} at most${parts.length === 0 ? '' : `; ${parts.join(', ')}`}`;
}

/** `1200 billed, 300 of them wasted (25 %)`. */
function costText({ billed, wasted }: Verdict['tokens']): string {
  return `${billed} billed, ${wasted} of them wasted (${short((100 * wasted) / billed)} %)`;
}
