import { unmeasured } from '../load/unmeasured.ts';
import { type JsonLoad, type JsonReport, reportSchema } from './json-schema.ts';

/** A load run among those it is compared with. */
export interface ComparedRun {
  readonly name: string;
  readonly verdict: string;
  readonly scenario: string;
  readonly seed: number;
  readonly load: JsonLoad;
}

/** A run with all of its report. */
export interface ReadRun extends ComparedRun {
  readonly report: JsonReport;
}

/** The text of a report.json → a run to compare; a message where it is none. */
export function comparedRun(name: string, text: string): ReadRun | string {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return 'it is no JSON';
  }
  const parsed = reportSchema.safeParse(value);
  if (!parsed.success) return 'it is no report of mock-openai';
  const { verdict, load } = parsed.data;
  if (load === undefined) return 'it is no report of a load run: mock-openai load writes those';
  return { name, verdict: verdict.verdict, scenario: verdict.scenario, seed: verdict.seed, load, report: parsed.data };
}

export const COMPARED_COLUMNS = [
  'fleet',
  'outcome',
  'recovered after',
  'amplification',
  'in the outage',
  'calls ok',
  'attempts',
  'peak in 100 ms',
] as const;

/** The figures of a run, as the columns name them. */
export function comparedRow({ name, load }: ComparedRun): string[] {
  const { recovery, amplification, calls, attempts, peaks } = load;
  const times = (value: number | null) => (value === null ? '–' : `×${value.toFixed(2)}`);
  const after = recovery.recoveredAfterMs;
  return [
    name,
    outcomeOf(load),
    after === null ? '–' : `${(after / 1_000).toFixed(1)} s`,
    times(amplification.mean),
    times(amplification.inOutage),
    `${calls.ok} of ${calls.scheduled}`,
    String(attempts),
    String(peaks.per100Ms),
  ];
}

/** What became of the service; not known where the driver was too late to measure it. */
function outcomeOf({ recovery, exactness }: JsonLoad): string {
  const state = recovery.state.replaceAll('_', ' ');
  return exactness.saturated && unmeasured(recovery.state) === undefined ? `not known (driver late; else ${state})` : state;
}

/** What makes the runs unequal; empty when they can be compared. */
export function differencesOf(runs: readonly ComparedRun[]): string[] {
  const differing = (what: string, of: (run: ComparedRun) => string) => {
    const values = [...new Set(runs.map(of))];
    return values.length > 1 ? [`the runs differ in ${what}: ${values.join(' · ')}`] : [];
  };
  return [
    ...differing('the scenario', ({ scenario }) => scenario),
    ...differing('the seed', ({ seed }) => String(seed)),
    ...differing('the load', ({ load }) => load.workload.text),
    ...runs.flatMap(({ name, load }) => (load.cutShort === null ? [] : [`${name} was cut short: ${load.cutShort}`])),
    ...runs.flatMap(({ name, load }) => (load.exactness.saturated ? [`${name}: the driver did not keep its schedule`] : [])),
  ];
}
