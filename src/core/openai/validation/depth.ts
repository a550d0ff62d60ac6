/** Values inside of each other that are still looked at; what is beyond is no request that anybody means. */
const MAX_DEPTH = 100;

/** Whether values are nested deeper than MAX_DEPTH, which bounds the recursion. */
export function isTooDeep(value: unknown, left = MAX_DEPTH): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (left === 0) return true;
  if (Array.isArray(value)) return value.some((each) => isTooDeep(each, left - 1));
  for (const name in value) if (isTooDeep((value as Record<string, unknown>)[name], left - 1)) return true;
  return false;
}

/** How deep values are nested: 0 for one that holds no others. Without recursion: the value comes from outside. */
export function depthOf(value: unknown): number {
  let level = containersIn([value]);
  let depth = 0;
  for (; level.length > 0; depth++) level = containersIn(level.flatMap(Object.values));
  return depth;
}

function containersIn(values: readonly unknown[]): object[] {
  return values.filter((value) => typeof value === 'object' && value !== null);
}
