/** All that is done in turns waits in one row: one of them goes on each time that the event loop comes around. */
let last = Promise.resolve();

/** Resolves when the event loop has done what else there was to do. */
export function nextTurn(): Promise<void> {
  last = last.then(() => new Promise((resolve) => setImmediate(resolve)));
  return last;
}
