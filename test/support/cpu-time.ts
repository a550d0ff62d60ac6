/** What the errand costs on a plain machine with little else to do, in milliseconds. */
const PLAIN_MS = 20;

/** Below this, nobody asks how slow the machine is. */
const LITTLE_MS = 250;

/**
 * Starts counting; the function returned tells the processor time used since, in milliseconds of a plain machine. Unlike
 * time on the clock it does not grow with what else runs on the machine, nor with how slow the machine is just now, so that
 * a bound on it says something of the work.
 */
export function stopwatch(): () => number {
  const before = process.cpuUsage();
  return () => {
    const usedMs = sum(process.cpuUsage(before));
    return usedMs < LITTLE_MS ? usedMs : plainMs(usedMs);
  };
}

/** So much processor time just now, as it would be on a plain machine. */
export function plainMs(usedMs: number): number {
  return usedMs / Math.max(1, errandMs() / PLAIN_MS);
}

function errandMs(): number {
  errand();
  const [, median = PLAIN_MS] = [cpuMsOf(errand), cpuMsOf(errand), cpuMsOf(errand)].sort((a, b) => a - b);
  return median;
}

function cpuMsOf(work: () => void): number {
  const before = process.cpuUsage();
  work();
  return sum(process.cpuUsage(before));
}

function sum({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1_000;
}

/** Always the same work: objects, texts, a map. */
function errand(): void {
  const list = Array.from({ length: 2_000 }, (_, i) => ({ name: `k${i}`, values: [i, i * 2, `v${i % 7}`] }));
  for (let round = 0; round < 5; round++) {
    const text = JSON.stringify(list);
    JSON.parse(text);
    text.split(/[",]+/).sort();
    const counts = new Map<string, number>();
    for (const [word] of text.matchAll(/\w+/g)) counts.set(word, (counts.get(word) ?? 0) + 1);
  }
}
