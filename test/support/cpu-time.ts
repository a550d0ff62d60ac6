/**
 * Starts counting; the function returned tells the processor time used since, in milliseconds. Unlike time on the clock
 * it does not grow with what else runs on the machine, so that a bound on it says something of the work.
 */
export function stopwatch(): () => number {
  const before = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1_000;
  };
}
