const PER_SECOND: Readonly<Record<string, number>> = { s: 1, m: 1 / 60, h: 1 / 3_600 };
const RATE = /^(\d+(?:\.\d+)?)\/([smh])$/;

/** What a rate looks like, for messages. */
export const RATE_EXAMPLES = '50/s, 0.5/s or 600/m';

/** Highest rate that is taken for meant, a second. */
const MAX_RATE = 1_000_000;

/** "50/s", "600/m" → so many a second, above 0; undefined when the text is no rate. */
export function parseRate(text: string): number | undefined {
  const [, amount, unit = ''] = RATE.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const perSecond = Number(amount) * (PER_SECOND[unit] ?? 0);
  return perSecond > 0 && perSecond <= MAX_RATE ? perSecond : undefined;
}

/** So many a second → the form a scenario would use: 50 → "50/s", 0.1 → "6/m". */
export function formatRate(perSecond: number): string {
  const shown = (value: number, unit: string) => `${Number(value.toPrecision(6))}/${unit}`;
  return perSecond < 1 ? shown(perSecond * 60, 'm') : shown(perSecond, 's');
}
