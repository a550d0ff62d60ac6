import { monitorEventLoopDelay } from 'node:perf_hooks';

/** Event-loop delay within one second, in milliseconds. */
interface LoopDelay {
  /** End of the second, on the engine's clock. */
  readonly at: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Watches whether the mock itself stalled, so that lateness is not blamed on a client (backoff.md 2.1). */
export interface LoopDelayMonitor {
  /** The last ten minutes, a row a second. */
  history(): readonly LoopDelay[];
  stop(): void;
}

/** How often the loop is looked at. What the histogram tells includes this. */
export const SAMPLING_MS = 10;

const KEPT_SECONDS = 600;

export function monitorLoopDelay(now: () => number): LoopDelayMonitor {
  const histogram = monitorEventLoopDelay({ resolution: SAMPLING_MS });
  const rows: LoopDelay[] = [];
  const inMs = (nanoseconds: number) => Math.round(nanoseconds / 1e4) / 100;
  const timer = setInterval(() => {
    if (histogram.count > 0) {
      rows.push({
        at: now(),
        p50: inMs(histogram.percentile(50)),
        p99: inMs(histogram.percentile(99)),
        max: inMs(histogram.max),
      });
    }
    histogram.reset();
    if (rows.length > KEPT_SECONDS) rows.shift();
  }, 1_000);
  timer.unref();
  histogram.enable();
  return {
    history: () => rows,
    stop() {
      clearInterval(timer);
      histogram.disable();
    },
  };
}
