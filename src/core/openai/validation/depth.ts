/** Values inside of each other that are still looked at; what is beyond is no request that anybody means. */
const MAX_DEPTH = 100;

/** Whether values are nested deeper than MAX_DEPTH. Without recursion: the value comes from outside. */
export function isTooDeep(value: unknown): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > MAX_DEPTH) return true;
    level = level.filter((each) => typeof each === 'object' && each !== null).flatMap((each) => Object.values(each as object));
  }
  return false;
}
