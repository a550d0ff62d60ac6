/** For each place the next whose target is another; the size of the list where there is none. */
export function nextOther(targets: readonly (string | null)[]): number[] {
  const next = new Array<number>(targets.length);
  for (let at = targets.length - 1; at >= 0; at--)
    next[at] = at + 1 < targets.length && targets[at + 1] === targets[at] ? (next[at + 1] ?? at + 1) : at + 1;
  return next;
}
