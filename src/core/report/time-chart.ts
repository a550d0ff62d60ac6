import { type CoursePiece, type CourseUnit, changesWithTime, type TimeCourse } from '../plan/time-courses.ts';
import { plural } from '../text/plural.ts';
import { printable } from '../text/printable.ts';
import { formatDuration } from '../units/duration.ts';
import { overlapOf } from '../units/window.ts';
import { type Paint, paintedIn, type Style } from './paint.ts';
import { clip, columns, wrap } from './wrap.ts';

export interface ChartOptions {
  /** Columns. Default 80. */
  readonly width?: number;
  /** ANSI colours. Default none. */
  readonly color?: boolean;
  /** Nothing but ASCII. Default false. */
  readonly ascii?: boolean;
}

/** What is drawn: the stretch from the beginning of the clock for so many milliseconds. */
export interface ChartedTime {
  readonly courses: readonly TimeCourse[];
  readonly untilMs: number;
}

interface Signs {
  /** From little to full. */
  readonly levels: string;
  readonly nothing: string;
  readonly becomes: string;
  readonly cut: string;
}

const BLOCKS: Signs = { levels: '▁▂▃▄▅▆▇█', nothing: '·', becomes: '→', cut: '…' };
/** Tenths, and what is full. */
const ASCII: Signs = { levels: '123456789#', nothing: '.', becomes: '->', cut: '~' };

/** Lines at most; others are named below. */
const MOST_LINES = 20;
const NARROWEST = 40;
/** Below this many columns there are no values beside the lines. */
const NARROW = 60;
const LONGEST_NAME = 28;
const LONGEST_VALUE = 18;
const GAP = '  ';

const COLORS: Record<TimeCourse['kind'], Style> = { rule: 'red', limit: 'cyan', latency: 'yellow' };

/** The courses as lines of blocks over one axis of time; of a plan that time does not change, a sentence that says so. */
export function timeChart({ courses, untilMs }: ChartedTime, options: ChartOptions = {}): string[] {
  const { width = 80, color = false, ascii = false } = options;
  const wide = Math.max(NARROWEST, width);
  const signs = ascii ? ASCII : BLOCKS;
  if (!changesWithTime(courses)) return wrap(NOTHING_CHANGES, wide);
  const { drawn, folded } = folding(courses);
  const values =
    wide < NARROW ? drawn.map(() => '') : drawn.map((course) => clipped(valuesOf(course, signs), LONGEST_VALUE, signs));
  const names = drawn.map(({ name }) => clipped(nameText(name, ascii), Math.min(LONGEST_NAME, Math.floor(wide / 3)), signs));
  const nameColumns = widest(names);
  const valueColumns = widest(values);
  const cells = wide - nameColumns - GAP.length - (valueColumns === 0 ? 0 : valueColumns + GAP.length);
  const paint = paintedIn(color);
  const lines = drawn.map((course, row) => {
    const line = lineOf(course, { untilMs, cells, signs, paint });
    return `${padded(names[row] ?? '', nameColumns)}${GAP}${line}${GAP}${values[row] ?? ''}`.trimEnd();
  });
  const axis = `${' '.repeat(nameColumns)}${GAP}${axisOf(untilMs, cells)}`.trimEnd();
  return [...lines, paint('dim', axis), ...wrapped([legend(signs), ...remarks(courses, folded, ascii)], wide)];
}

const NOTHING_CHANGES =
  'Nothing in it changes with time: no rule has a span, bursts or a ramp, and no limit and no latency becomes another.';

/** What there is room for: what is the same all the time goes first. */
function folding(courses: readonly TimeCourse[]): { drawn: readonly TimeCourse[]; folded: readonly TimeCourse[] } {
  if (courses.length <= MOST_LINES) return { drawn: courses, folded: [] };
  const changing = courses.filter(({ isConstant }) => !isConstant);
  const drawn = changing.slice(0, MOST_LINES);
  return { drawn, folded: courses.filter((course) => !drawn.includes(course)) };
}

interface Canvas {
  readonly untilMs: number;
  readonly cells: number;
  readonly signs: Signs;
  readonly paint: Paint;
}

function lineOf({ kind, unit, pieces }: TimeCourse, { untilMs, cells, signs, paint }: Canvas): string {
  const full = unit === 'chance' ? 1 : Math.max(...pieces.map(({ begins, ends }) => Math.max(begins, ends)), 0);
  let line = '';
  let run = '';
  let style: Style = 'dim';
  for (const value of cellsOf(pieces, untilMs, cells)) {
    const next = value === undefined ? 'dim' : COLORS[kind];
    if (next !== style) {
      line += run === '' ? '' : paint(style, run);
      run = '';
      style = next;
    }
    run += value === undefined ? signs.nothing : levelOf(value / (full || 1), signs);
  }
  return line + (run === '' ? '' : paint(style, run));
}

function levelOf(share: number, { levels, nothing }: Signs): string {
  const level = Math.ceil(Math.min(1, share) * levels.length - 1e-9);
  return level <= 0 ? nothing : (levels[level - 1] ?? nothing);
}

/**
 * The value in each cell, undefined where there is none: its mean over the stretch of it that lies there. Where several
 * stretches lie in one cell the pauses between them count, too: what flickers is a part.
 */
function cellsOf(pieces: readonly CoursePiece[], untilMs: number, cells: number): (number | undefined)[] {
  const sums = Array.from({ length: cells }, () => ({ area: 0, ms: 0, stretches: 0, endsAt: -1 }));
  const widthMs = untilMs / cells;
  for (const piece of pieces) {
    for (let cell = Math.floor(piece.from / widthMs); cell < cells && cell * widthMs < piece.to; cell++) {
      const sum = sums[cell];
      const common = overlapOf(piece, { from: cell * widthMs, to: (cell + 1) * widthMs });
      if (sum === undefined || common === undefined) continue;
      const ms = common.to - common.from;
      sum.area += meanIn(piece, common) * ms;
      sum.ms += ms;
      if (common.from > sum.endsAt) sum.stretches += 1;
      sum.endsAt = common.to;
    }
  }
  return sums.map(({ area, ms, stretches }) => (ms === 0 ? undefined : area / (stretches > 1 ? widthMs : ms)));
}

function meanIn({ from, to, begins, ends }: CoursePiece, common: { readonly from: number; readonly to: number }): number {
  const middle = (common.from + common.to) / 2;
  return begins + ((ends - begins) * (middle - from)) / (to - from);
}

const STEPS = [1, 2, 5, 10, 30, 60, 120, 300, 600, 1_800, 3_600, 7_200, 21_600, 43_200, 86_400].map((seconds) => seconds * 1_000);
/** Columns for a label and the space behind it. */
const LABEL_COLUMNS = 8;

function axisOf(untilMs: number, cells: number): string {
  const most = Math.max(1, Math.floor(cells / LABEL_COLUMNS));
  const step = STEPS.find((each) => untilMs / each <= most) ?? untilMs;
  let axis = '';
  for (let at = 0; at <= untilMs; at += step) {
    const label = at === 0 ? '0s' : formatDuration(at);
    const place = Math.min(Math.round((at / untilMs) * cells), cells - label.length);
    if (place > axis.length || axis === '') axis = axis.padEnd(place) + label;
  }
  return axis;
}

/** What a course goes through: `10 %`, `0 % → 50 %`, `500 → 100`; nothing for a rule that always may. */
function valuesOf({ unit, pieces }: TimeCourse, { becomes }: Signs): string {
  const values = pieces.flatMap(({ begins, ends }) => [begins, ends]);
  const [first, last] = [values[0], values.at(-1)];
  if (first === undefined || last === undefined) return '';
  const low = values.reduce((least, value) => Math.min(least, value));
  const high = values.reduce((most, value) => Math.max(most, value));
  if (low === high) return unit === 'chance' && low === 1 ? '' : valueText(low, unit);
  const [from, to] = first <= last ? [low, high] : [high, low];
  return `${valueText(from, unit)} ${becomes} ${valueText(to, unit)}`;
}

function valueText(value: number, unit: CourseUnit): string {
  if (unit === 'chance') return `${Number((value * 100).toPrecision(3))} %`;
  return unit === 'ms' ? formatDuration(Math.round(value)) : Math.floor(value).toLocaleString('en-US');
}

function legend({ levels, nothing }: Signs): string {
  const [least = '', last = ''] = [levels[0], levels.at(-1)];
  return `${last} all that it speaks of, or the largest value; ${least} to ${levels.at(-2) ?? ''} a part; ${nothing} none`;
}

function remarks(courses: readonly TimeCourse[], folded: readonly TimeCourse[], ascii: boolean): string[] {
  const named = (list: readonly TimeCourse[]) => listed(list.map(({ name }) => nameText(name, ascii)));
  const later = courses.flatMap((course) => (course.nextAt === undefined ? [] : [{ ...course, nextAt: course.nextAt }]));
  const cut = courses.filter(({ isCut }) => isCut);
  const constant = folded.filter(({ isConstant }) => isConstant);
  const others = folded.filter(({ isConstant }) => !isConstant);
  return [
    ...(later.length === 0
      ? []
      : [
          `Later: ${listed(later.map(({ name, nextAt }) => `${nameText(name, ascii)} from ${formatDuration(Math.round(nextAt))}`))}.`,
        ]),
    ...(cut.length === 0 ? [] : [`On and off more often than can be drawn to the end: ${named(cut)}.`]),
    ...(others.length === 0 ? [] : [`Not drawn, ${plural(others.length, 'line')} more: ${named(others)}.`]),
    ...(constant.length === 0
      ? []
      : [`Not drawn, for they stay the same, ${plural(constant.length, 'line')}: ${named(constant)}.`]),
  ];
}

/** Names in a list. */
const MOST_NAMES = 10;

function listed(names: readonly string[]): string {
  const more = names.length - MOST_NAMES;
  return names.slice(0, MOST_NAMES).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

/** A name as a terminal may show it. Names have any characters. */
function nameText(name: string, ascii: boolean): string {
  const shown = printable(name);
  return ascii ? shown.replace(/[^\x20-\x7e]/gu, '?') : shown;
}

function wrapped(paragraphs: readonly string[], width: number): string[] {
  return paragraphs.flatMap((text) => wrap(text, width));
}

function widest(texts: readonly string[]): number {
  return texts.reduce((most, text) => Math.max(most, columns(text)), 0);
}

function padded(text: string, width: number): string {
  return text + ' '.repeat(Math.max(0, width - columns(text)));
}

/** The beginning of a text that is too long. */
function clipped(text: string, width: number, { cut }: Signs): string {
  return columns(text) <= width ? text : `${clip(text, width - 1)}${cut}`;
}
