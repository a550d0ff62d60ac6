import { type Arrivals, arrivalsOf } from '../../core/report/arrivals.ts';
import { span } from '../../core/report/numbers.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { plural } from '../../core/text/plural.ts';
import type { Drawing } from './draw.ts';
import { dataTable, legendOf, OUTAGE, outageMarks, type Picture, seriesScale, WIDTH, within } from './picture.ts';

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
        : `At most ${peak} in ${span(binMs)}; ${plural(retries, 'retry')} in all.${left}`,
    caption: 'Retries are stacked on first attempts. A herd is a tall, narrow column; a client with jitter spreads out.',
    drawing: busy.length === 0 ? undefined : drawing(data, peak),
    table: dataTable(
      ['from, s', 'first attempts', 'retries'],
      busy.map((bin) => [bin.from.toFixed(3), bin.first, bin.retries]),
    ),
  };
}

function drawing({ bins, outages }: Arrivals, peak: number): Drawing {
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
  ];
  return {
    width: WIDTH,
    height: HEIGHT,
    data: [
      { name: 'bars', values: bars },
      { name: 'outages', values: within(outages, [first, last]) },
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
      ...outageMarks(HEIGHT),
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
    ],
  };
}
