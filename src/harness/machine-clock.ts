/** Milliseconds on a clock that all processes of this machine share, and that nobody sets. */
export function machineNow(): number {
  const [seconds, nanoseconds] = process.hrtime();
  return seconds * 1_000 + nanoseconds / 1e6;
}
