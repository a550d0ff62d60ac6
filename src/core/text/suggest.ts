/** ` Did you mean "latency"?` for the candidate nearest to what was written, or nothing when none is near. */
export function suggest(found: string, candidates: Iterable<string>): string {
  const best = nearest(found, candidates);
  return best === undefined ? '' : ` Did you mean "${best}"?`;
}

/** The candidate that the text is the first word of, else the nearest one, if it is near enough to have been meant. */
function nearest(found: string, candidates: Iterable<string>): string | undefined {
  const wanted = found.toLowerCase().slice(0, 64);
  const all = [...candidates];
  const begun = all.find((candidate) => wanted !== '' && candidate.toLowerCase().startsWith(`${wanted}.`));
  if (begun !== undefined) return begun;
  let best: string | undefined;
  let bestDistance = Math.max(1, Math.floor(wanted.length * 0.4)) + 1;
  for (const candidate of all) {
    // It is at least as far as the lengths differ.
    if (Math.abs(candidate.length - wanted.length) >= bestDistance) continue;
    const distance = editDistance(wanted, candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Levenshtein distance, a transposition of neighbours counting as one edit. */
export function editDistance(a: string, b: string): number {
  let beforePrevious: number[] = [];
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      let value = Math.min(at(previous, j) + 1, at(current, j - 1) + 1, at(previous, j - 1) + cost);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        value = Math.min(value, at(beforePrevious, j - 2) + 1);
      }
      current.push(value);
    }
    beforePrevious = previous;
    previous = current;
  }
  return at(previous, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
