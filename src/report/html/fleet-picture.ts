import type { JsonLoad } from '../../core/report/json-schema.ts';
import type { Drawing } from './draw.ts';
import { CAPACITY, capacityMark, legendOf, lineMark, OUTAGE, outageMark, seriesScale, within } from './picture.ts';

const HEIGHT = 200;
/** Narrow, so that its texts can be read where the page is narrow. */
const WIDTH = 360;
const SERIES = [
  { key: 'attempts', label: 'offered: attempts', color: 'var(--retry)' },
  { key: 'goodput', label: 'goodput: calls that end well', color: 'var(--success)' },
] as const;

/** The axes that all pictures of a comparison share. */
export interface SharedAxes {
  readonly seconds: number;
  readonly perSecond: number;
}

export function sharedAxes(loads: readonly JsonLoad[]): SharedAxes {
  const moments = loads.flatMap(({ timeline }) =>
    timeline.moments.map((moment) => ({ ...moment, toMs: moment.fromMs + timeline.binMs })),
  );
  return {
    seconds: moments.reduce((end, { toMs }) => Math.max(end, toMs / 1_000), 1),
    perSecond: moments.reduce((most, { attempts, goodput }) => Math.max(most, attempts, goodput), 1),
  };
}

/** Offered load against goodput of one fleet. The axis of rates is logarithmic: a storm would flatten everything else. */
export function fleetPicture({ timeline, outages, capacityPerSecond }: JsonLoad, { seconds, perSecond }: SharedAxes): Drawing {
  const steps = timeline.moments.flatMap(({ fromMs, attempts, goodput }) =>
    [fromMs, fromMs + timeline.binMs].map((at) => ({ at: at / 1_000, attempts, goodput })),
  );
  const bands = outages.map(({ fromMs, toMs }) => ({ from: fromMs / 1_000, to: toMs / 1_000 }));
  const series = [...SERIES, ...(capacityPerSecond === null ? [] : [CAPACITY]), ...(bands.length === 0 ? [] : [OUTAGE])];
  return {
    width: WIDTH,
    height: HEIGHT,
    data: [
      { name: 'steps', values: steps },
      { name: 'outages', values: within(bands, [0, seconds]) },
      { name: 'capacity', values: capacityPerSecond === null ? [] : [{ at: capacityPerSecond }] },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: [0, seconds], range: 'width' },
      { name: 'y', type: 'symlog', domain: [0, perSecond], constant: 10, nice: true, range: 'height' },
      seriesScale(series),
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'seconds since the load began', tickCount: 6 },
      { orient: 'left', scale: 'y', title: 'a second', grid: true, values: [0, 10, 30, 100, 300, 1_000, 3_000, 10_000] },
    ],
    legends: [{ ...legendOf('series', 'fill'), columns: 2 }],
    marks: [outageMark(HEIGHT), ...SERIES.map(({ key, color }) => lineMark(key, color)), capacityMark(WIDTH)],
  };
}
