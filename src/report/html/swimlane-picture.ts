import type { ReportInput } from '../../core/report/report.ts';
import { runStart } from '../../core/report/run-start.ts';
import { type AttemptKind, type Swimlane, swimlaneOf } from '../../core/report/swimlane.ts';
import { plural } from '../../core/text/plural.ts';
import type { Drawing } from './draw.ts';
import { dataTable, legendOf, OUTAGE, outageMark, type Picture, WIDTH, within } from './picture.ts';

interface Look {
  readonly label: string;
  readonly shape: string;
  readonly color: string;
}

/** Shape and colour both tell how an attempt ended. */
const LOOKS: Readonly<Record<AttemptKind, Look>> = {
  success: { label: 'success', shape: 'circle', color: 'var(--success)' },
  limited: { label: '429', shape: 'triangle-up', color: 'var(--limited)' },
  server: { label: '5xx', shape: 'square', color: 'var(--server)' },
  client: { label: '4xx', shape: 'diamond', color: 'var(--client)' },
  transport: { label: 'no answer', shape: 'cross', color: 'var(--ink)' },
  broken: { label: 'broken answer', shape: 'triangle-down', color: 'var(--broken)' },
  left: { label: 'client left', shape: 'M-1,-0.6L-0.6,-1L1,0.6L0.6,1ZM1,-0.6L0.6,-1L-1,0.6L-0.6,1Z', color: 'var(--faint)' },
  pending: { label: 'pending', shape: 'wedge', color: 'var(--faint)' },
};

const LANE = 22;

/** A lane a call: attempts, the waits they were told, and what came too early. */
export function swimlanePicture(input: ReportInput): Picture {
  const data = swimlaneOf(input);
  const start = runStart(input);
  const outages = input.outages.map(({ from, to }) => ({ from: (from - start) / 1_000, to: (to - start) / 1_000 }));
  const rows = data.attempts.map(({ lane, position, at, kind, status, early }) => [
    lane,
    position,
    at.toFixed(3),
    status === null || kind === 'broken' ? `${status ?? ''} ${LOOKS[kind].label}`.trim() : status,
    early > 0 ? early.toFixed(3) : '',
  ]);
  return {
    id: 'calls',
    title: 'Calls and their attempts',
    description: describe(data),
    caption:
      'One lane for each call. A mark is an attempt when it arrived, the thin line its duration. ' +
      'Grey: the wait that its answer asked for. Red: a retry that came before that wait was over, and by how much.',
    drawing: data.lanes.length === 0 ? undefined : drawing(data, outages),
    table: dataTable(['call', 'attempt', 'arrived, s', 'answer', 'too early, s'], rows),
  };
}

function describe({ lanes, attempts, earlyRetries, callsLeftOut, attemptsLeftOut }: Swimlane): string {
  if (lanes.length === 0) return 'No request reached the mock.';
  const parts = [`${plural(lanes.length, 'call')} with ${plural(attempts.length, 'attempt')} drawn`];
  if (callsLeftOut > 0) parts.push(`${plural(callsLeftOut, 'less telling call')} left out`);
  if (attemptsLeftOut > 0) parts.push(`${plural(attemptsLeftOut, 'attempt')} of these calls left out`);
  parts.push(earlyRetries === 0 ? 'no retry of the run came too early' : `${earlyRetries} of the run's retries came too early`);
  return `${parts.join('; ')}.`;
}

function drawing(
  { lanes, attempts, waits, early, end }: Swimlane,
  outages: readonly { readonly from: number; readonly to: number }[],
): Drawing {
  const height = lanes.length * LANE;
  const time = [0, Math.max(end, 0.1) * 1.02] as const;
  const kinds = (Object.keys(LOOKS) as AttemptKind[]).filter((kind) => attempts.some((attempt) => attempt.kind === kind));
  const labels = kinds.map((kind) => LOOKS[kind].label);
  const spans = [
    { label: 'wait asked for', color: 'var(--wait)', shown: waits.length > 0 },
    { label: 'too early', color: 'var(--early)', shown: early.length > 0 },
    { ...OUTAGE, shown: outages.length > 0 },
  ].filter(({ shown }) => shown);
  const middle = (offset: number) => ({ scale: 'y', field: 'lane', band: 0.5, offset });
  const bar = (
    data: string,
    field: readonly [string, string],
    half: number,
    fill: { readonly value: string } | { readonly scale: string; readonly field: string },
  ): NonNullable<Drawing['marks']>[number] => ({
    type: 'rect',
    from: { data },
    encode: {
      enter: {
        x: { scale: 'x', field: field[0] },
        x2: { scale: 'x', field: field[1] },
        y: middle(-half),
        y2: middle(half),
        fill,
      },
    },
  });
  return {
    width: WIDTH,
    height,
    data: [
      { name: 'attempts', values: attempts.map((attempt) => ({ ...attempt, look: LOOKS[attempt.kind].label })) },
      { name: 'waits', values: within(waits, time) },
      { name: 'early', values: within(early, time) },
      { name: 'outages', values: within(outages, time) },
    ],
    scales: [
      { name: 'x', type: 'linear', domain: [...time], range: 'width' },
      { name: 'y', type: 'band', domain: [...lanes], range: 'height' },
      { name: 'color', type: 'ordinal', domain: labels, range: kinds.map((kind) => LOOKS[kind].color) },
      { name: 'shape', type: 'ordinal', domain: labels, range: kinds.map((kind) => LOOKS[kind].shape) },
      { name: 'span', type: 'ordinal', domain: spans.map(({ label }) => label), range: spans.map(({ color }) => color) },
    ],
    axes: [
      { orient: 'bottom', scale: 'x', title: 'seconds since the first request', grid: true, tickCount: 10 },
      { orient: 'left', scale: 'y', ticks: false, domain: false, labelLimit: 200, labelPadding: 8 },
    ],
    legends: [
      { ...legendOf('color', 'fill', 'shape'), symbolStrokeWidth: 0 },
      ...(spans.length === 0 ? [] : [legendOf('span', 'fill')]),
    ],
    marks: [
      outageMark(height),
      bar('waits', ['from', 'to'], 7, { value: 'var(--wait)' }),
      bar('attempts', ['at', 'end'], 1.5, { scale: 'color', field: 'look' }),
      bar('early', ['from', 'to'], 3, { value: 'var(--early)' }),
      {
        type: 'rect',
        from: { data: 'early' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'from', offset: -1.5 },
            width: { value: 3 },
            y: middle(-10),
            y2: middle(10),
            fill: { value: 'var(--early)' },
          },
        },
      },
      {
        type: 'symbol',
        from: { data: 'attempts' },
        encode: {
          enter: {
            x: { scale: 'x', field: 'at' },
            y: middle(0),
            size: { value: 100 },
            shape: { scale: 'shape', field: 'look' },
            fill: { scale: 'color', field: 'look' },
            stroke: { value: 'var(--paper)' },
            strokeWidth: { value: 1 },
          },
        },
      },
    ],
  };
}
