/** The values, from the first again until there are so many. */
export function atLeast<T>(count: number, values: readonly T[]): readonly T[] {
  if (values.length === 0 || values.length >= count) return values;
  return Array.from({ length: count }, (_, index) => values[index % values.length] as T);
}
