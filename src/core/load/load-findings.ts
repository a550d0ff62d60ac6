import type { Finding, RuleVerdict } from '../backoff/kit/finding.ts';
import { seconds } from '../backoff/kit/observation.ts';
import { sources } from '../backoff/kit/sources.ts';
import type { LoadExpectation } from '../policy/policy.ts';
import type { LoadReport } from './load-report.ts';
import type { Recovery } from './recovery.ts';
import { troubleName } from './trouble-name.ts';
import { LATE_DRIVER, unmeasured } from './unmeasured.ts';

const REFERENCE = `${sources.metastable}; ${sources.cascading}`;

/** What the figures of a load run say against the fleet. What is not expected is not judged, but for the recovery. */
export function loadFindings(report: LoadReport, expected: LoadExpectation = {}): Finding[] {
  const { amplification, recoversWithinMs, goodput, success } = expected;
  return [
    recovery(report, recoversWithinMs),
    ...(amplification === undefined ? [] : [amplified(report, amplification)]),
    ...(goodput === undefined ? [] : [keptUp(report, goodput)]),
    ...(success === undefined ? [] : [succeeded(report, success)]),
    schedule(report),
  ];
}

function besideHammer({ hammer }: LoadReport): string {
  return hammer === undefined ? '' : `; a hammer took part of the service, ${perSecond(hammer.perSecond)} requests a second`;
}

type Told = Pick<Finding, 'rule' | 'verdict' | 'severity' | 'summary' | 'explain' | 'advice' | 'n'> &
  Partial<Pick<Finding, 'statistic' | 'threshold'>>;

function finding(told: Told): Finding {
  const accuses = told.verdict === 'fail' || told.verdict === 'warn';
  return {
    onFault: told.verdict === 'pass',
    statistic: null,
    threshold: null,
    falseAlarmBound: 0,
    correlation: null,
    clock: 'real',
    evidence: [],
    evidenceLeftOut: 0,
    reference: REFERENCE,
    ...told,
    advice: accuses ? told.advice : '',
  };
}

/** What a driver that was late itself has measured decides nothing. */
function unlessSaturated(told: Told, { exactness }: LoadReport): Finding {
  const decides = told.verdict === 'pass' || told.verdict === 'warn' || told.verdict === 'fail';
  if (!exactness.saturated || !decides) return finding(told);
  return finding({
    ...told,
    verdict: 'inconclusive',
    explain: `${LATE_DRIVER}; otherwise: ${told.explain}`,
  });
}

/** A recovery that no expectation asks for, and that had no occasion, is no question left open. */
function recoveryVerdict({ recovery, hammer }: LoadReport, withinMs: number | undefined): RuleVerdict {
  const { state, recoveredAfterMs }: Recovery = recovery;
  // The hammer may take what the fleet lacks.
  if (state === 'not_recovered' && hammer !== undefined) return 'inconclusive';
  if (state === 'no_outage' && withinMs === undefined) return 'not_applicable';
  if (unmeasured(state) !== undefined) return 'inconclusive';
  if (state === 'recovered' && (withinMs === undefined || (recoveredAfterMs ?? 0) <= withinMs)) return 'pass';
  return withinMs === undefined ? 'warn' : 'fail';
}

function recovery(report: LoadReport, withinMs: number | undefined): Finding {
  const { state, recoveredAfterMs, goodputBefore, goodputAfter, goodputAtEnd, offeredAtEnd } = report.recovery;
  const rates = `${perSecond(goodputAfter)} calls a second have ended well since, ${perSecond(goodputBefore)} before it, ${perSecond(goodputAtEnd)} at the end`;
  const capacity = report.capacityPerSecond === null ? '' : `, capacity ${perSecond(report.capacityPerSecond)}`;
  const trouble = troubleName(report);
  const explain = {
    no_outage: unmeasured(state) ?? '',
    not_watched: unmeasured(state) ?? '',
    recovered: `recovered: 95 % of the goodput was back ${seconds(recoveredAfterMs ?? 0)} after the ${trouble}`,
    metastable: `metastable: the ${trouble} is over and ${rates}; retries keep the service down (offered ${perSecond(offeredAtEnd)}/s at the end${capacity})`,
    not_recovered: `not recovered: the ${trouble} is over and ${rates} (offered ${perSecond(offeredAtEnd)}/s at the end${capacity})${besideHammer(report)}`,
  }[state];
  const measured =
    recoveredAfterMs === null ? {} : { statistic: { name: 'time to recover', value: recoveredAfterMs, unit: 'ms' as const } };
  return unlessSaturated(
    {
      rule: 'load_recovery',
      verdict: recoveryVerdict(report, withinMs),
      severity: 'critical',
      summary: 'lets the service recover when an outage is over',
      explain,
      advice: 'retry less while most calls fail: keep a retry budget, and few attempts a call',
      n: report.calls.started,
      ...measured,
      threshold: withinMs ?? null,
    },
    report,
  );
}

function amplified({ amplification, attempts, calls }: LoadReport, most: number): Finding {
  const { mean } = amplification;
  return finding({
    rule: 'load_amplification',
    verdict: mean === null ? 'inconclusive' : mean <= most ? 'pass' : 'fail',
    severity: 'high',
    summary: `sends at most ${most} attempts a call, over the whole run`,
    explain: mean === null ? 'no call reached the mock' : `${attempts} attempts, ×${mean.toFixed(2)} a call`,
    advice: 'keep a retry budget: a success earns a tenth of a retry, a retry costs one',
    n: calls.started,
    ...(mean === null ? {} : { statistic: { name: 'attempts per call', value: mean, unit: 'ratio' as const } }),
    threshold: most,
  });
}

function keptUp(report: LoadReport, least: number): Finding {
  const { goodputBefore, goodputAfter } = report.recovery;
  const share = goodputBefore === null || goodputBefore === 0 || goodputAfter === null ? null : goodputAfter / goodputBefore;
  return unlessSaturated(
    {
      rule: 'load_goodput',
      verdict: share === null ? 'inconclusive' : share >= least ? 'pass' : 'fail',
      severity: 'high',
      summary: `keeps ${percent(least)} of its goodput after the outage`,
      explain:
        share === null
          ? (unmeasured(report.recovery.state) ?? 'nothing ended well before the outage')
          : `${perSecond(goodputAfter)} calls a second ended well after the ${troubleName(report)}, ${perSecond(goodputBefore)} before it`,
      advice: 'retry less while most calls fail, and spread retries over time',
      n: report.calls.started,
      ...(share === null ? {} : { statistic: { name: 'goodput after the outage', value: share, unit: 'share' as const } }),
      threshold: least,
    },
    report,
  );
}

function succeeded({ calls }: LoadReport, least: number): Finding {
  const share = calls.scheduled === 0 ? null : calls.ok / calls.scheduled;
  return finding({
    rule: 'load_success',
    verdict: successVerdict(calls, least),
    severity: 'high',
    summary: `brings ${percent(least)} of its calls to a good end`,
    explain: `${calls.ok} of ${calls.scheduled} calls ended well`,
    advice: 'wait long enough between attempts to outlast a short outage, or degrade without an answer',
    n: calls.scheduled,
    ...(share === null ? {} : { statistic: { name: 'calls that ended well', value: share, unit: 'share' as const } }),
    threshold: least,
  });
}

/** What a silent client process would have told decides where it could. */
function successVerdict({ scheduled, ok, unreported }: LoadReport['calls'], least: number): RuleVerdict {
  if (scheduled === 0) return 'inconclusive';
  if (ok / scheduled >= least) return 'pass';
  return (ok + unreported) / scheduled >= least ? 'inconclusive' : 'fail';
}

function schedule({ workload, calls, exactness }: LoadReport): Finding {
  const { startErrorMs, saturated } = exactness;
  const late = `99 % of the calls started within ${(startErrorMs.p99 ?? 0).toFixed(1)} ms of their time`;
  const dropped =
    calls.dropped === 0 ? '' : `; ${calls.dropped} were not started, for ${workload.maxInFlight} were in flight already`;
  return finding({
    rule: 'load_schedule',
    verdict: saturated ? 'inconclusive' : workload.model === 'closed' || startErrorMs.n === 0 ? 'not_applicable' : 'info',
    severity: 'medium',
    summary: 'the driver keeps its schedule',
    explain: saturated
      ? `DRIVER SATURATED: this machine could not start the calls in time; ${late}${dropped}. Take a lower rate or more processes`
      : `${late}${dropped}`,
    advice: '',
    n: startErrorMs.n,
    ...(startErrorMs.p99 === null
      ? {}
      : { statistic: { name: 'start error, 99th percentile', value: startErrorMs.p99, unit: 'ms' as const } }),
    threshold: 50,
  });
}

function perSecond(rate: number | null): string {
  return rate === null ? '?' : String(Math.round(rate * 10) / 10);
}

function percent(share: number): string {
  return `${Math.round(share * 1_000) / 10} %`;
}
