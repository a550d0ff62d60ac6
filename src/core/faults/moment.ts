/** Where in the span of its rule a fault strikes. */
export interface Moment {
  /** Milliseconds since the span began. */
  readonly sinceMs: number;
  /** Milliseconds until the rule strikes no more; Infinity where that never comes. */
  readonly leftMs: number;
}
