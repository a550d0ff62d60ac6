import { type Arrivals, arrivalsOf, type PlanBand } from '../../core/report/arrivals.ts';
import { span } from '../../core/report/numbers.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { plural } from '../../core/text/plural.ts';
import { printable } from '../../core/text/printable.ts';
import { shortened } from '../../core/text/shortened.ts';
import type { Drawing } from './draw.ts';
import {
  bandMark,
  dataTable,
  legendOf,
  OUTAGE,
  outageMark,
  type Picture,
  type Series,
  seriesScale,
  WIDTH,
  within,
} from './picture.ts';

const HEIGHT = 180;
const FIRST = 'first attempts';
const RETRIES = 'retries';

/** How many requests arrived when, first attempts and retries stacked. */
export function arrivalsPicture(input: ReportInput): Picture {
  const data = arrivalsOf(input);
  const { bins, binMs, outages } = data;
  const busy = bins.filter(({ first, retries }) => first + retries > 0);
  const peak = busy.reduce((most, { first, retries }) => Math.max(most, first + retries), 0);
  const retries = busy.reduce((sum, bin) => sum + bin.retries, 0);
  const left = data.leftOut > 0 ? ` ${plural(data.leftOut, 'arrival')} outside of this time not shown.` : '';
  return {
    id: 'arrivals',
    title: `Arrivals per ${span(binMs)}${outages.length > 0 ? ' around the outage' : ''}`,
    description:
      busy.length === 0
        ? 'No request reached the mock.'
        : `At most ${peak} in ${span(binMs)}; ${plural(retries, 'retry')} in all.${left}${planInWords(data.plan)}`,
    caption:
      'Retries are stacked on first attempts. A herd is a tall, narrow column; a client with jitter spreads out.' +
      (data.plan.length === 0 ? '' : ' Behind them is when rules strike by the plan: the stronger the shade, the likelier.'),
    drawing: busy.length === 0 ? undefined : drawing(data, peak),
    table: dataTable(
      ['from, s', 'first attempts', 'retries'],
      busy.map((bin) => [bin.from.toFixed(3), bin.first, bin.retries]),
    ),
  };
}

/** Rules that are named in words, and in the picture. */
const NAMED = 6;
const LONGEST_NAME = 40;
const NAME_HEIGHT = 14;

/** The rules behind the arrivals, each with its first stretch. */
function planInWords(plan: readonly PlanBand[]): string {
  const firsts = firstBands(plan);
  if (firsts.length === 0) return '';
  const told = firsts.slice(0, NAMED).map(({ rule, from }) => `${shortName(rule)} from ${from.toFixed(1)} s`);
  const more = firsts.length - told.length;
  return ` By the plan: ${told.join(', ')}${more > 0 ? ` and ${plural(more, 'rule')} more` : ''}.`;
}

/** The likelier, the darker. What is shaded as an outage already is not shaded once more. */
function shades(plan: readonly PlanBand[], outages: Arrivals['outages']): (PlanBand & { readonly opacity: number })[] {
  const isOutage = ({ from, to, chance }: PlanBand) =>
    chance === 1 && outages.some((outage) => outage.from - from < TINY && to - outage.to < TINY);
  return plan.filter((band) => !isOutage(band)).map((band) => ({ ...band, opacity: 0.12 + 0.35 * band.chance }));
}

/** Noise of sums, in seconds. */
const TINY = 1e-6;

function firstBands(plan: readonly PlanBand[]): PlanBand[] {
  return [...new Map(plan.toReversed().map((band) => [band.rule, band])).values()].toReversed();
}

function shortName(rule: string): string {
  return shortened(printable(rule), LONGEST_NAME);
}

/** The name of each rule at its first band. The data set is `names`. */
function nameMark(): NonNullable<Drawing['marks']>[number] {
  return {
    type: 'text',
    from: { data: 'names' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'from', offset: 3 },
        y: { field: 'y' },
        text: { field: 'text' },
        fill: { value: 'var(--ink)' },
        fontSize: { value: 11 },
        baseline: { value: 'top' },
      },
    },
  };
}

const PLAN: Series = { label: 'rules by the plan', color: 'var(--plan)' };

function drawing({ bins, outages, plan }: Arrivals, peak: number): Drawing {
  const first = bins[0]?.from ?? 0;
  const last = bins.at(-1)?.to ?? 0.1;
  const bars = bins.flatMap(({ from, to, first, retries }) => [
    ...(first > 0 ? [{ from, to, low: 0, high: first, series: FIRST }] : []),
    ...(retries > 0 ? [{ from, to, low: first, high: first + retries, series: RETRIES }] : []),
  ]);
  const series = [
    { label: FIRST, color: 'var(--first)' },
    { label: RETRIES, color: 'var(--retry)' },
    ...(outages.length > 0 ? [OUTAGE] : []),
    ...(plan.length > 0 ? [PLAN] : []),
  ];
  const names = firstBands(plan).slice(0, NAMED);
  return {
    width: WIDTH,
    height: HEIGHT,
    data: [
      { name: 'bars', values: bars },
      { name: 'outages', values: within(outages, [first, last]) },
      { name: 'plan', values: shades(within(plan, [first, last]), outages) },
      {
        name: 'names',
        values: within(names, [first, last]).map(({ rule, from }, row) => ({
          from,
          y: 2 + row * NAME_HEIGHT,
          text: shortName(rule),
        })),
      },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: [first, last], range: 'width' },
      { name: 'y', type: 'linear', domain: [0, Math.max(peak, 2)], nice: true, range: 'height' },
      seriesScale(series),
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'seconds since the first request', tickCount: 10 },
      { orient: 'left', scale: 'y', title: 'requests', grid: true, tickCount: 5, tickMinStep: 1, format: 'd' },
    ],
    legends: [legendOf('series', 'fill')],
    marks: [
      outageMark(HEIGHT),
      bandMark('plan', { height: HEIGHT, color: PLAN.color, opacity: 'opacity' }),
      {
        type: 'rect',
        from: { data: 'bars' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'from' },
            x2: { scale: 'x', field: 'to' },
            y: { scale: 'y', field: 'low' },
            y2: { scale: 'y', field: 'high' },
            fill: { scale: 'series', field: 'series' },
          },
        },
      },
      nameMark(),
    ],
  };
}
