import { closeSync, openSync } from 'node:fs';
import { devNull } from 'node:os';

const LOOK_MS = 1_000;
const EXHAUSTED: ReadonlySet<string | undefined> = new Set(['EMFILE', 'ENFILE']);

/**
 * Tells once when the process has no descriptor left: the system then drops connections without a word. Returns how to stop.
 * It does not keep the process alive.
 */
export function watchDescriptors(warn: (message: string) => void, isExhausted = triesInVain): () => void {
  const timer = setInterval(() => {
    if (!isExhausted()) return;
    clearInterval(timer);
    warn('out of file descriptors: connections are dropped until others end; raise the limit (ulimit -n)');
  }, LOOK_MS);
  timer.unref();
  return () => clearInterval(timer);
}

function triesInVain(): boolean {
  try {
    closeSync(openSync(devNull, 'r'));
    return false;
  } catch (error) {
    return EXHAUSTED.has((error as NodeJS.ErrnoException).code);
  }
}
