/** Whether a field has a value. `null` is the same as leaving it out. */
export function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}

/** Whether it is a text that is not empty. */
export function isText(value: unknown): value is string {
  return typeof value === 'string' && value !== '';
}

/** Whether it is a whole number of at least `least`. */
export function isCount(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least;
}
