/** What an iterator has not given yet. */
export function restOf<T>(iterator: Iterator<T>): Iterable<T> {
  return { [Symbol.iterator]: () => iterator };
}
