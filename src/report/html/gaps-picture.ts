import { largest } from '../../core/collections/largest.ts';
import { smallest } from '../../core/collections/smallest.ts';
import { sdkBackoffMs } from '../../core/correlation/sdk-backoff.ts';
import { type GapKind, type GapPoints, gapPointsOf } from '../../core/report/gap-points.ts';
import type { ReportInput } from '../../core/report/report.ts';
import { plural } from '../../core/text/plural.ts';
import type { Drawing } from './draw.ts';
import { dataTable, legendOf, type Picture, WIDTH } from './picture.ts';

const LOOKS: Readonly<Record<GapKind, { label: string; shape: string; color: string }>> = {
  own: { label: 'own choice', shape: 'circle', color: 'var(--first)' },
  told: { label: 'told, and waited', shape: 'triangle-up', color: 'var(--success)' },
  early: { label: 'told, and came early', shape: 'cross', color: 'var(--early)' },
};
const SDK = 'official SDKs';
const HEIGHT = 240;
/** Widest column, in CSS pixels. */
const COLUMN = 140;
/** Columns whose medians are told in words. */
const TOLD = 5;

/** The wait before each retry, one column for each number of a retry, on a log axis. */
export function gapsPicture(input: ReportInput): Picture {
  const data = gapPointsOf(input);
  const { summaries, pointsLeftOut, retriesLeftOut } = data;
  const medians = summaries
    .slice(0, TOLD)
    .map(({ index, median }) => `${seconds(median)} before retry ${index}`)
    .join(', ');
  const left = [
    ...(pointsLeftOut > 0 ? [`${plural(pointsLeftOut, 'point')} not drawn`] : []),
    ...(retriesLeftOut > 0 ? [`${plural(retriesLeftOut, 'wait')} before later retries not drawn`] : []),
  ];
  return {
    id: 'gaps',
    title: 'Waits before retries',
    description: summaries.length === 0 ? 'Nothing was retried.' : `Median waits: ${[medians, ...left].join('; ')}.`,
    caption:
      'From the moment the client could know that an attempt had failed to the arrival of the next. Columns that rise ' +
      'show growth, columns that spread show jitter. The line in a column is its median.' +
      (data.points.some(({ kind }) => kind === 'own')
        ? ' Grey boxes: where the official SDKs wait when they are told nothing.'
        : ''),
    drawing: summaries.length === 0 ? undefined : drawing(data),
    table: dataTable(
      ['retry', 'waits', 'shortest', 'median', '95 %', 'longest', 'too early'],
      summaries.map(({ index, n, min, median, p95, max, early }) => [index, n, ...[min, median, p95, max].map(seconds), early]),
    ),
  };
}

function seconds(value: number): string {
  return value < 0.1 ? `${Math.round(value * 1_000)} ms` : `${value.toFixed(value < 10 ? 2 : 1)} s`;
}

/** Where the official SDKs wait when told nothing: half a second doubled up to eight, less a quarter at random (wire.md 7). */
function sdkWait(index: number): { index: number; low: number; high: number } {
  const longest = sdkBackoffMs(index - 1) / 1_000;
  return { index, low: longest * 0.75, high: longest };
}

/** Ticks of a log axis: powers of ten, and 2 and 5 of each where there is room. */
function logTicks(low: number, high: number): number[] {
  const factors = high / low > 1_000 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.ceil(Math.log10(high)); power++)
    ticks.push(...factors.map((factor) => factor * 10 ** power).filter((tick) => tick >= low && tick <= high));
  return ticks;
}

function drawing({ points, summaries }: GapPoints): Drawing {
  const kinds = (Object.keys(LOOKS) as GapKind[]).filter((kind) => points.some((point) => point.kind === kind));
  const envelope = kinds.includes('own') ? summaries.map(({ index }) => sdkWait(index)) : [];
  const shortest = smallest([...summaries.map(({ min }) => min), ...envelope.map((wait) => wait.low)]);
  const longest = largest([...summaries.map(({ max }) => max), ...envelope.map((wait) => wait.high)]);
  // At least a decade, so that waits of one length are no cloud of noise.
  const room = Math.max(1.4, Math.sqrt(10 / (longest / shortest)));
  const [low, high] = [shortest / room, longest * room];
  const labels = kinds.map((kind) => LOOKS[kind].label);
  const column = (band: number) => ({ scale: 'x', field: 'index', band });
  return {
    width: Math.min(WIDTH, Math.max(400, summaries.length * COLUMN)),
    height: HEIGHT,
    data: [
      // Spread over the column by the golden ratio, so that neighbours do not lie on each other.
      {
        name: 'points',
        values: points.map((point, i) => ({ ...point, look: LOOKS[point.kind].label, spread: (i * 0.618) % 1 })),
      },
      { name: 'medians', values: summaries.map(({ index, median }) => ({ index, median })) },
      { name: 'envelope', values: envelope },
    ],
    scales: [
      { name: 'x', type: 'band', domain: summaries.map(({ index }) => index), range: 'width', padding: 0.15 },
      { name: 'y', type: 'log', domain: [low, high], range: 'height' },
      { name: 'color', type: 'ordinal', domain: labels, range: kinds.map((kind) => LOOKS[kind].color) },
      { name: 'shape', type: 'ordinal', domain: labels, range: kinds.map((kind) => LOOKS[kind].shape) },
      { name: 'envelope', type: 'ordinal', domain: [SDK], range: ['var(--wait)'] },
    ],
    signals: [{ name: 'medians', value: Object.fromEntries(summaries.map(({ index, median }) => [index, seconds(median)])) }],
    axes: [
      {
        orient: 'top',
        scale: 'x',
        title: 'median',
        titleAnchor: 'start',
        ticks: false,
        domain: false,
        encode: { labels: { update: { text: { signal: 'medians[datum.value]' } } } },
      },
      { orient: 'bottom', scale: 'x', title: 'number of the retry', ticks: false },
      { orient: 'left', scale: 'y', title: 'seconds, log scale', grid: true, values: logTicks(low, high), format: '~g' },
    ],
    legends: [
      { ...legendOf('color', 'fill', 'shape'), symbolStrokeWidth: 0 },
      ...(envelope.length === 0 ? [] : [legendOf('envelope', 'fill')]),
    ],
    marks: [
      {
        type: 'rect',
        from: { data: 'envelope' },
        encode: {
          enter: {
            x: column(0),
            x2: column(1),
            y: { scale: 'y', field: 'low' },
            y2: { scale: 'y', field: 'high' },
            fill: { value: 'var(--wait)' },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'points' },
        encode: {
          enter: {
            x: { signal: "scale('x', datum.index) + bandwidth('x') * (0.15 + 0.7 * datum.spread)" },
            y: { scale: 'y', field: 'seconds' },
            size: { value: 50 },
            shape: { scale: 'shape', field: 'look' },
            fill: { scale: 'color', field: 'look' },
            fillOpacity: { value: 0.75 },
          },
        },
      },
      {
        type: 'rect',
        from: { data: 'medians' },
        encode: {
          enter: {
            x: column(0),
            x2: column(1),
            y: { scale: 'y', field: 'median', offset: -1 },
            height: { value: 2 },
            fill: { value: 'var(--ink)' },
          },
        },
      },
    ],
  };
}
