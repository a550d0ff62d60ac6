/** The largest number of accusations in so many runs that chance explains at the 99.9 % level, when each run has this bound. */
export function explainedByChance(bound: number, runs: number): number {
  const mean = bound * runs;
  let probability = Math.exp(-mean);
  let sum = probability;
  let count = 0;
  while (sum < 0.999) {
    count += 1;
    probability *= mean / count;
    sum += probability;
  }
  return count;
}
