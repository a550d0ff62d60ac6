/** Milliseconds as people compare them: `2.004 s`. */
export function seconds(ms: number): string {
  return `${(ms / 1_000).toFixed(3)} s`;
}
