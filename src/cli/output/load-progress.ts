import type { LoadProgress } from '../../harness/run-load.ts';

const CLEAR_LINE = '\r\u001b[K';
const EVERY_MS = 500;

/** A line on a terminal that tells how far the load is, twice a second. */
export function showLoadProgress(look: () => LoadProgress): { stop(): void } {
  if (!process.stderr.isTTY) return { stop: () => undefined };
  let before = look();
  const timer = setInterval(() => {
    const now = look();
    process.stderr.write(`${CLEAR_LINE}${progressLine(now, before).slice(0, process.stderr.columns - 1)}`);
    before = now;
  }, EVERY_MS);
  return {
    stop() {
      clearInterval(timer);
      process.stderr.write(CLEAR_LINE);
    },
  };
}

/** `12 s of 60 s · 600 started, 580 ok, 4 failed, 16 in flight · 74 attempts/s · 48 ok/s`. */
export function progressLine(now: LoadProgress, before: LoadProgress): string {
  const seconds = Math.max(0.001, (now.elapsedMs - before.elapsedMs) / 1_000);
  const perSecond = (key: 'attempts' | 'ok') => Math.round((now[key] - before[key]) / seconds);
  return [
    `${Math.floor(now.elapsedMs / 1_000)} s of ${Math.round(now.forMs / 1_000)} s`,
    `${now.started} started, ${now.ok} ok, ${now.failed} failed, ${now.inFlight} in flight`,
    `${perSecond('attempts')} attempts/s`,
    `${perSecond('ok')} ok/s`,
  ].join(' · ');
}
