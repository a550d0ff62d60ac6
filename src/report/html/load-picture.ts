import { type Load, loadOf } from '../../core/report/load.ts';
import { short, span } from '../../core/report/numbers.ts';
import type { ReportInput } from '../../core/report/report.ts';
import type { Drawing } from './draw.ts';
import {
  CAPACITY,
  capacityMark,
  dataTable,
  legendOf,
  lineMark,
  OUTAGE,
  outageMark,
  type Picture,
  seriesScale,
  WIDTH,
  within,
} from './picture.ts';

const HEIGHT = 180;
const OFFERED = 'offered: attempts';
const GOODPUT = 'goodput: successes';

/** What the client asked for, and what it got, over time. */
export function loadPicture(input: ReportInput): Picture {
  const data = loadOf(input);
  const { bins, binMs, outages, recoveredAt } = data;
  const empty = bins.every(({ offered }) => offered === 0);
  const peak = (series: 'offered' | 'goodput') => short(bins.reduce((most, bin) => Math.max(most, bin[series]), 0));
  const over = outages.at(-1)?.to;
  const recovery =
    recoveredAt === null || over === undefined ? '' : ` First success ${span((recoveredAt - over) * 1_000)} after the outage.`;
  return {
    id: 'load',
    title: 'Offered load and goodput',
    description: empty
      ? 'No request reached the mock.'
      : `Up to ${peak('offered')} attempts and up to ${peak('goodput')} successes a second.${recovery}`,
    caption: `Requests a second, in steps of ${span(binMs)}. Where the line lies above the area, work is done for nothing.`,
    drawing: empty ? undefined : drawing(data),
    table: dataTable(
      ['from, s', 'attempts/s', 'successes/s'],
      bins.map(({ from, offered, goodput }) => [from.toFixed(1), short(offered), short(goodput)]),
    ),
  };
}

function drawing({ bins, outages, recoveredAt, capacity }: Load): Drawing {
  const end = bins.at(-1)?.to ?? 1;
  // A step is as wide as its bin: each begins and ends with the same value.
  const steps = bins.flatMap(({ from, to, offered, goodput }) => [
    { at: from, offered, goodput },
    { at: to, offered, goodput },
  ]);
  const peak = bins.reduce((most, { offered, goodput }) => Math.max(most, offered, goodput), capacity ?? 1);
  const series = [
    { label: OFFERED, color: 'var(--retry)' },
    { label: GOODPUT, color: 'var(--success)' },
    ...(capacity === null ? [] : [CAPACITY]),
    ...(outages.length > 0 ? [OUTAGE] : []),
    ...(recoveredAt === null ? [] : [{ label: 'first success after it', color: 'var(--ink)' }]),
  ];
  return {
    width: WIDTH,
    height: HEIGHT,
    data: [
      { name: 'steps', values: steps },
      { name: 'outages', values: within(outages, [0, end]) },
      { name: 'capacity', values: capacity === null ? [] : [{ at: capacity }] },
      { name: 'recovery', values: recoveredAt === null ? [] : [{ at: recoveredAt }] },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: [0, end], range: 'width' },
      { name: 'y', type: 'linear', domain: [0, peak], nice: true, range: 'height' },
      seriesScale(series),
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'seconds since the first request', tickCount: 10 },
      { orient: 'left', scale: 'y', title: 'requests a second', grid: true, tickCount: 5 },
    ],
    legends: [legendOf('series', 'fill')],
    marks: [
      outageMark(HEIGHT),
      {
        type: 'area',
        from: { data: 'steps' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'at' },
            y: { scale: 'y', field: 'goodput' },
            y2: { scale: 'y', value: 0 },
            fill: { value: 'var(--success)' },
            fillOpacity: { value: 0.6 },
          },
        },
      },
      lineMark('offered', 'var(--retry)'),
      capacityMark(WIDTH),
      {
        type: 'rule',
        from: { data: 'recovery' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'at' },
            y: { value: 0 },
            y2: { value: HEIGHT },
            stroke: { value: 'var(--ink)' },
            strokeDash: { value: [4, 3] },
          },
        },
      },
    ],
  };
}
