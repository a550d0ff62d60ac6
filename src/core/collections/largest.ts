/** The largest of the values, and no less than `least`. A call takes no more than some 120,000 arguments, so that none is spread. */
export function largest(values: Iterable<number>, least = Number.NEGATIVE_INFINITY): number {
  let found = least;
  for (const value of values) found = Math.max(found, value);
  return found;
}
