import type { LoadReport } from '../load/load-report.ts';
import { troubleName } from '../load/trouble-name.ts';
import { LATE_DRIVER, unmeasured } from '../load/unmeasured.ts';
import { plural } from '../text/plural.ts';
import { hammerLines } from './hammer-lines.ts';
import { short, span } from './numbers.ts';
import { targetLines, throughLines } from './target-lines.ts';

/** A load run in a few lines, each with its name. */
export function loadLines(load: LoadReport): (readonly [name: string, value: string])[] {
  const { workload, calls, amplification, retries, peaks, exactness, cutShort } = load;
  return [
    ['load', `${workload.model} model: ${workload.text}, for ${span(load.loadMs)}, in ${plural(workload.processes, 'process')}`],
    ...(cutShort === null ? [] : [['cut short', cutShort] as const]),
    ['calls', callsText(calls)],
    ['attempts', attemptsText(load)],
    [
      'amplification',
      `mean ${times(amplification.mean)}, p99 ${times(amplification.p99)}, max ${times(amplification.max)}; calls that began in the ${troubleName(load)} ${times(amplification.inOutage)}, others ${times(amplification.steady)}`,
    ],
    ...brownOutLines(load),
    ...throughLines(load),
    ...hammerLines(load),
    ...targetLines(load),
    ['recovery', recoveryText(load)],
    ['latency', `${latency(load.latencyMs)} from the scheduled start; one attempt ${latency(load.attemptLatencyMs)}`],
    ...(load.giveUpMs.n === 0 ? [] : [['given up', `${latency(load.giveUpMs)} after the scheduled start`] as const]),
    ...(load.errors.length === 0 ? [] : [['errors', errorsText(load.errors)] as const]),
    ['retries', histogramText(retries.histogram)],
    ...retries.gaps
      .slice(0, 5)
      .map(
        ({ retry, n, p5, p50, p95, dispersion }) =>
          [
            `wait ${retry}`,
            `p5 ${span(p5)}, p50 ${span(p50)}, p95 ${span(p95)}, dispersion ${dispersion === null ? '–' : short(dispersion)} (n = ${n})`,
          ] as const,
      ),
    [
      'early',
      retries.early.count === 0
        ? 'no retry came too early'
        : `${plural(retries.early.count, 'retry')}, the worst ${span(retries.early.worstMs)}`,
    ],
    [
      'peaks',
      `${peaks.per10Ms} within 10 ms, ${peaks.per100Ms} within 100 ms${peaks.toMeanAfterOutage === null ? '' : `; after the ${troubleName(load)} ×${short(round(peaks.toMeanAfterOutage))} the mean`}`,
    ],
    [
      'wasted',
      `${load.wastedTokens.toLocaleString('en-US')} of ${load.billedTokens.toLocaleString('en-US')} billed tokens wasted; ${load.socketsPerAttempt === null ? '–' : short(round(load.socketsPerAttempt))} sockets an attempt`,
    ],
    ['exactness', exactnessText(exactness)],
  ];
}

function brownOutLines({ outages }: LoadReport): (readonly [string, string])[] {
  return outages.flatMap(({ fromMs, toMs, share }) =>
    share === undefined
      ? []
      : [['brown-out', `from ${span(fromMs)} to ${span(toMs)}, ${Math.round(share * 100)} % of the requests fail`] as const],
  );
}

function callsText({ started, ok, failed, abandoned, dropped, unreported }: LoadReport['calls']): string {
  const rest = [
    ...(abandoned === 0 ? [] : [`${abandoned} abandoned`]),
    ...(dropped === 0 ? [] : [`${dropped} not started, for too many were under way`]),
    ...(unreported === 0 ? [] : [`${unreported} not started, for their client process had stopped answering`]),
  ];
  return [`${started} started`, `${ok} ok`, `${failed} failed`, ...rest].join(', ');
}

function attemptsText({ attempts, backgroundRequests }: LoadReport): string {
  const noise =
    backgroundRequests === 0
      ? ''
      : `; beside them ${plural(backgroundRequests, 'background request')}, as they arrived: what their generator counts is not used`;
  return `${attempts}${noise}`;
}

function recoveryText(load: LoadReport): string {
  const measured = measuredRecovery(load);
  return load.exactness.saturated && unmeasured(load.recovery.state) === undefined
    ? `NOT KNOWN: ${LATE_DRIVER}; otherwise ${measured}`
    : measured;
}

function measuredRecovery(load: LoadReport): string {
  const { recovery, capacityPerSecond } = load;
  const trouble = troubleName(load);
  const { state, goodputBefore, goodputAfter, goodputAtEnd, offeredAtEnd, firstSuccessMs, recoveredAfterMs } = recovery;
  const first = firstSuccessMs === null ? '' : `, first success after ${span(firstSuccessMs)}`;
  const capacity = capacityPerSecond === null ? '' : `, capacity ${short(capacityPerSecond)}/s`;
  const rates = `goodput ${perSecond(goodputBefore)} before, ${perSecond(goodputAfter)} since, ${perSecond(goodputAtEnd)} at the end; offered ${perSecond(offeredAtEnd)} at the end${capacity}`;
  switch (state) {
    case 'no_outage':
      return 'no outage within the load';
    case 'not_watched':
      return 'not known: too little of the load lies before or after the outage';
    case 'recovered':
      return `RECOVERED ${span(recoveredAfterMs ?? 0)} after the ${trouble}${first}; ${rates}`;
    case 'metastable':
      return `METASTABLE: the ${trouble} is over, the overload is not${first}; ${rates}`;
    case 'not_recovered':
      return `NOT RECOVERED${first}; ${rates}`;
  }
}

function exactnessText({
  startErrorMs,
  saturated,
  mockDelayP99Ms,
  driverDelayP99Ms,
  correlation,
}: LoadReport['exactness']): string {
  const known = Object.entries(correlation).flatMap(([certainty, count]) => (count > 0 ? [`${certainty} ${count}`] : []));
  const start =
    startErrorMs.p99 === null
      ? ''
      : `starts late by ${span(startErrorMs.p50 ?? 0)} (p50), ${span(startErrorMs.p99)} (p99)${saturated ? ' DRIVER SATURATED' : ''}; `;
  return `${start}loop delay p99: mock ${delay(mockDelayP99Ms)}, drivers ${delay(driverDelayP99Ms)}; calls recognised: ${known.join(', ') || 'none'}`;
}

/** `0: 120, 1: 14, 4: 3`. */
function histogramText(histogram: readonly number[]): string {
  const parts = histogram.flatMap((count, retries) => (count === 0 ? [] : [`${retries}: ${count}`]));
  return parts.length === 0 ? 'none' : `calls by number of retries ${parts.join(', ')}`;
}

function latency({ p50, p95, p99, max }: LoadReport['latencyMs']): string {
  if (p50 === null || p95 === null || p99 === null || max === null) return '–';
  return `p50 ${span(p50)}, p95 ${span(p95)}, p99 ${span(p99)}, max ${span(max)}`;
}

function delay(ms: number | null): string {
  return ms === null ? '–' : span(ms);
}

function times(value: number | null): string {
  return value === null ? '–' : `×${short(round(value))}`;
}

function perSecond(value: number | null): string {
  return value === null ? '–' : `${short(round(value))}/s`;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function errorsText(errors: LoadReport['errors']): string {
  return errors.map(({ error, calls }) => `${calls} × ${error}`).join(', ');
}
