import type { Drawing } from './draw.ts';

/** A table of the same data, for those who cannot use the picture. */
export interface DataTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly (string | number)[])[];
  /** Rows that are not shown. */
  readonly leftOut: number;
}

/** One picture of a run. */
export interface Picture {
  readonly id: string;
  readonly title: string;
  /** What it shows in this run, in words. */
  readonly description: string;
  /** How to read it. */
  readonly caption: string;
  /** Undefined when there is nothing to draw; the description says so. */
  readonly drawing: Drawing | undefined;
  readonly table: DataTable;
}

/** Width of the plotting area, in CSS pixels. */
export const WIDTH = 800;

/** The first rows, the rest counted. */
export function dataTable(columns: DataTable['columns'], rows: DataTable['rows'], most = 300): DataTable {
  return { columns, rows: rows.slice(0, most), leftOut: Math.max(0, rows.length - most) };
}

/** The spans as far as they lie within an axis. */
export function within<Span extends { readonly from: number; readonly to: number }>(
  spans: readonly Span[],
  [first, last]: readonly [number, number],
): Span[] {
  return spans
    .filter(({ from, to }) => to > first && from < last)
    .map((span) => ({ ...span, from: Math.max(first, span.from), to: Math.min(last, span.to) }));
}

/** The spans of a data set, each as a band from top to bottom. `opacity` names a field; without it they are opaque. */
export function bandMark(
  data: string,
  { height, color, opacity }: { readonly height: number; readonly color: string; readonly opacity?: string },
): NonNullable<Drawing['marks']>[number] {
  return {
    type: 'rect',
    from: { data },
    encode: {
      enter: {
        x: { scale: 'x', field: 'from' },
        x2: { scale: 'x', field: 'to' },
        y: { value: 0 },
        y2: { value: height },
        fill: { value: color },
        ...(opacity === undefined ? {} : { fillOpacity: { field: opacity } }),
      },
    },
  };
}

/** The spans in which everything failed by plan; the data set is `outages`. */
export function outageMark(height: number): NonNullable<Drawing['marks']>[number] {
  return bandMark('outages', { height, color: 'var(--outage)' });
}

/** A series of a picture, with its colour. */
export interface Series {
  readonly label: string;
  readonly color: string;
}

/** The scale of series that `legendOf` shows. */
export function seriesScale(series: readonly Series[]): NonNullable<Drawing['scales']>[number] {
  return { name: 'series', type: 'ordinal', domain: series.map(({ label }) => label), range: series.map(({ color }) => color) };
}

/** What the service can do: the series, and a rule across a picture of that width. The data set is `capacity`. */
export const CAPACITY: Series = { label: 'capacity', color: 'var(--link)' };

export function capacityMark(width: number): NonNullable<Drawing['marks']>[number] {
  return {
    type: 'rule',
    from: { data: 'capacity' },
    encode: {
      enter: {
        x: { value: 0 },
        x2: { value: width },
        y: { scale: 'y', field: 'at' },
        stroke: { value: CAPACITY.color },
        strokeDash: { value: [8, 4] },
      },
    },
  };
}

/** Spans in which everything failed by plan, as a series of the legend. */
export const OUTAGE: Series = { label: 'outage', color: 'var(--outage-key)' };

/** A line of a field over time. The data set is `steps`. */
export function lineMark(field: string, color: string): NonNullable<Drawing['marks']>[number] {
  return {
    type: 'line',
    from: { data: 'steps' },
    encode: {
      enter: {
        x: { scale: 'x', field: 'at' },
        y: { scale: 'y', field },
        stroke: { value: color },
        strokeWidth: { value: 2 },
      },
    },
  };
}

/** A legend of shapes and colours of a scale each. */
export function legendOf(scale: string, fill: 'fill' | 'stroke', shape?: string): NonNullable<Drawing['legends']>[number] {
  return { [fill]: scale, direction: 'horizontal', ...(shape === undefined ? { symbolType: 'square' } : { shape }) };
}
