/** A span in which the server was down by a rule of the scenario. Times in milliseconds of the journal's clock. */
export interface Downtime {
  /** Id of the rule. */
  readonly rule: string;
  readonly from: number;
  /** Null while it is down. */
  readonly to: number | null;
  /** Requests that were under way as it began, and were reset. Those of all sessions. */
  readonly cut: number;
}
