import type { FaultApplied } from '../../core/journal/entry.ts';
import { unservedUrl } from '../../core/openai/endpoints/unserved-urls.ts';
import type { JournalRecord } from '../../exchange/record.ts';
import type { Engine } from '../../session/engine.ts';
import type { Session } from '../../session/session.ts';
import type { LoopDelayMonitor } from '../timing/loop-delay.ts';
import { InFlightPeaks } from './in-flight-peaks.ts';
import { SessionLabels } from './session-labels.ts';

/** Prometheus text exposition format 0.0.4. */
export const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8';

export interface Metrics {
  /** The metrics as they stand. */
  render(): string;
}

type Labels = Readonly<Record<string, string>>;

/** Series that one metric has at most: names of rules and faults come from users. What is beyond counts as `other`. */
const MAX_SERIES = 1_000;
const OTHER = 'other';

/**
 * Counts what happens in all sessions, from now on; a reset of a session does not turn a counter back. `counts` says whether the request that
 * is over is one to count here: of several replicas, each counts its own.
 */
export function createMetrics(engine: Engine, loopDelay: LoopDelayMonitor, counts: () => boolean = () => true): Metrics {
  const requests = new Counter();
  const rules = new Counter();
  const refusals = new Counter();
  const calls = new Counter();
  const attempts = new Counter();
  const labels = new SessionLabels();
  let last: Kind | undefined;
  const peaks = new InFlightPeaks();
  engine.onOpened((entry) => peaks.opened(entry));
  engine.onEntry((entry) => {
    peaks.closed(entry);
    if (!counts()) return;
    const { status, faultApplied, refusedBy, place } = entry;
    const endpoint = endpointLabel(entry);
    const faults = faultApplied?.faults;
    // Most requests are like the one before.
    if (
      last === undefined ||
      last.endpoint !== endpoint ||
      last.status !== status ||
      last.faults !== faults ||
      last.place !== place
    ) {
      const session = labels.of(place.session);
      const key = `${session} ${endpoint} ${status} ${faultApplied === null ? '' : faultsOf(faultApplied)}`;
      last = {
        endpoint,
        status,
        faults,
        place,
        session,
        row: requests.row(key, () => ({ session, ...requestLabels(entry, endpoint) })),
        calls: calls.row(session, () => ({ session })),
        attempts: attempts.row(session, () => ({ session })),
      };
    }
    const { session } = last;
    last.row.count += 1;
    last.attempts.count += 1;
    if (entry.attemptSeq === 1) last.calls.count += 1;
    if (faultApplied !== null) {
      const { rule } = faultApplied;
      rules.row(`${session} ${rule}`, () => ({ session, rule })).count += 1;
    }
    if (refusedBy !== null && status === 429) refusals.row(`${session} ${endpoint}`, () => ({ session, endpoint })).count += 1;
  });
  return {
    render() {
      const { sessions } = engine;
      const bySession = (of: (session: Session) => number) => rowsBySession(sessions, labels, of);
      const delay = loopDelay.history().at(-1);
      return [
        ...family('requests_total', 'counter', 'Requests that are over, by endpoint, status and fault.', requests.rows()),
        ...family('calls_total', 'counter', 'Logical requests whose first attempt is over.', calls.rows()),
        ...family('attempts_total', 'counter', 'Attempts that are over, first ones and retries.', attempts.rows()),
        ...family('rule_fired_total', 'counter', 'Requests that a rule of a scenario decided.', rules.rows()),
        ...family('rate_limit_refusals_total', 'counter', 'Requests that `limits` of a scenario refused.', refusals.rows()),
        ...family(
          'requests_in_flight',
          'gauge',
          'Requests that are being answered.',
          bySession(({ inFlight }) => inFlight),
        ),
        ...family('requests_in_flight_max', 'gauge', 'Largest number of requests in flight at once.', [[{}, peaks.inAll]]),
        ...family('requests_in_flight_max_by_key', 'gauge', 'The same with each key, by its hash.', peaks.byKey),
        ...family('requests_in_flight_max_by_target', 'gauge', 'The same to each session, key and model.', peaks.byTarget),
        ...family('sessions', 'gauge', 'Isolated sessions, the default one included.', [[{}, sessions.length]]),
        ...family(
          'journal_entries',
          'gauge',
          'Requests that the journals hold.',
          bySession(({ kept }) => kept),
        ),
        ...family(
          'journal_dropped',
          'gauge',
          'Requests that fell out of the journals.',
          bySession(({ dropped }) => dropped),
        ),
        ...family('uptime_seconds', 'gauge', 'Time since the start.', [[{}, (engine.clock.now() - engine.startedAt) / 1_000]]),
        ...family(
          'event_loop_delay_seconds',
          'gauge',
          "Lateness of the mock's own event loop within the last second.",
          delay === undefined
            ? []
            : [
                [{ quantile: '0.5' }, delay.p50 / 1_000],
                [{ quantile: '0.99' }, delay.p99 / 1_000],
                [{ quantile: '1' }, delay.max / 1_000],
              ],
        ),
        '',
      ].join('\n');
    },
  };
}

/** What requests have in common that count in the same rows. */
interface Kind {
  readonly endpoint: string;
  readonly status: number | null;
  readonly faults: FaultApplied['faults'] | undefined;
  readonly place: JournalRecord['place'];
  /** The label of their session. */
  readonly session: string;
  readonly row: Row;
  readonly calls: Row;
  readonly attempts: Row;
}

/** A figure of each session; of those without a label of their own, the sum. */
function rowsBySession(
  sessions: readonly Session[],
  labels: SessionLabels,
  of: (session: Session) => number,
): (readonly [Labels, number])[] {
  const sums = new Map<string, number>();
  for (const session of sessions) {
    const label = labels.of(session.id);
    sums.set(label, (sums.get(label) ?? 0) + of(session));
  }
  return [...sums].map(([session, sum]) => [{ session }, sum] as const);
}

/** OpenAI has the URLs of `unserved`, and those of `none` it has not. */
function endpointLabel({ endpoint, method, path }: JournalRecord): string {
  return endpoint ?? (unservedUrl(method, path) === undefined ? 'none' : 'unserved');
}

function requestLabels({ status, faultApplied }: JournalRecord, endpoint: string): Labels {
  return {
    endpoint,
    // Without one the connection was cut, or the client left.
    status: status === null ? 'none' : String(status),
    fault: faultApplied === null ? 'none' : faultsOf(faultApplied),
  };
}

function faultsOf({ faults }: FaultApplied): string {
  return faults.map(({ name }) => name).join('+');
}

/** A combination of labels, and how often it was met. */
interface Row {
  readonly labels: Labels;
  count: number;
}

/** A count for each combination of labels, in the order of their first appearance. */
class Counter {
  readonly #rows = new Map<string, Row>();

  /** Where to count. `key` is the same for the same labels, which are asked for once. */
  row(key: string, labelsOf: () => Labels): Row {
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row = { labels: labelsOf(), count: 0 };
    if (this.#rows.size >= MAX_SERIES) return this.#other(row.labels);
    this.#rows.set(key, row);
    return row;
  }

  rows(): (readonly [Labels, number])[] {
    return [...this.#rows.values()].map(({ labels, count }) => [labels, count] as const);
  }

  #other(labels: Labels): Row {
    const row = this.#rows.get(OTHER) ?? {
      labels: Object.fromEntries(Object.keys(labels).map((name) => [name, OTHER])),
      count: 0,
    };
    this.#rows.set(OTHER, row);
    return row;
  }
}

function family(name: string, type: 'counter' | 'gauge', help: string, rows: readonly (readonly [Labels, number])[]): string[] {
  const full = `mock_openai_${name}`;
  return [
    `# HELP ${full} ${help}`,
    `# TYPE ${full} ${type}`,
    ...rows.map(([labels, value]) => `${full}${labelText(labels)} ${value}`),
  ];
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`);
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`;
}

function escaped(value: string): string {
  return value.replace(/\\/g, '\\\\').replace(/"/g, '\\"').replace(/\n/g, '\\n');
}
