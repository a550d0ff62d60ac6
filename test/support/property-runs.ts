/** Runs of a property: with all other tests so many, with `npm run fuzz:core` many times as many. Each run of the suite draws others. */
export function propertyRuns(runs: number): number {
  return runs * Number(process.env['PROPERTY_TIMES'] ?? 1);
}
