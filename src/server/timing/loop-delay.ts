import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late an event loop was within one second, in milliseconds. */
interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** With the end of the second, on the engine's clock. */
export interface TimedDelay extends LoopDelay {
  readonly at: number;
}

/** Watches whether the mock itself stalled, so that lateness is not blamed on a client (backoff.md 2.1). */
export interface LoopDelayMonitor {
  /** The last ten minutes, a row a second for each process. */
  history(): readonly TimedDelay[];
  stop(): void;
}

/** The same of all processes of the mock. */
export interface LoopDelays extends LoopDelayMonitor {
  /** Adds what another process has seen of its own. */
  add(row: TimedDelay): void;
}

/** How often the loop is looked at. What the histogram tells includes this. */
const SAMPLING_MS = 10;
const KEPT_SECONDS = 600;

/** Tells every second how late the event loop of this process was, until the function that it returns is called. */
export function watchLoopDelay(tell: (delay: LoopDelay) => void): () => void {
  const histogram = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  const lateMs = (nanoseconds: number) => Math.max(0, Math.round((nanoseconds / 1e6 - SAMPLING_MS) * 100) / 100);
  const timer = setInterval(() => {
    if (histogram.count > 0)
      tell({ p50: lateMs(histogram.percentile(50)), p99: lateMs(histogram.percentile(99)), max: lateMs(histogram.max) });
    histogram.reset();
  }, 1_000);
  timer.unref();
  histogram.enable();
  return () => {
    clearInterval(timer);
    histogram.disable();
  };
}

export function monitorLoopDelay(now: () => number): LoopDelays {
  const rows: TimedDelay[] = [];
  let others: TimedDelay[] = [];
  const stop = watchLoopDelay((delay) => {
    rows.push({ at: now(), ...delay });
    if (rows.length > KEPT_SECONDS) rows.shift();
    const start = rows[0]?.at ?? 0;
    if ((others[0]?.at ?? start) < start) others = others.filter(({ at }) => at >= start);
  });
  return {
    history: () => (others.length === 0 ? rows : [...rows, ...others].sort((a, b) => a.at - b.at)),
    add: (row) => void others.push(row),
    stop,
  };
}
