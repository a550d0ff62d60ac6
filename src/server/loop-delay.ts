import { monitorEventLoopDelay } from 'node:perf_hooks';

/** How late an event loop was within one second, in milliseconds. */
interface LoopDelay {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Watches whether the mock itself stalled, so that lateness is not blamed on a client (backoff.md 2.1). */
export interface LoopDelayMonitor {
  /** The last ten minutes, a row a second, each with its end on the engine's clock. */
  history(): readonly (LoopDelay & { readonly at: number })[];
  stop(): void;
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

export function monitorLoopDelay(now: () => number): LoopDelayMonitor {
  const rows: (LoopDelay & { readonly at: number })[] = [];
  const stop = watchLoopDelay((delay) => {
    rows.push({ at: now(), ...delay });
    if (rows.length > KEPT_SECONDS) rows.shift();
  });
  return { history: () => rows, stop };
}
