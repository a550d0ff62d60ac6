/** Whose account it is, to show it. Plain data. */
export interface AccountHolder {
  /** The place of the entry among the limits of the scenario. */
  readonly entry: number;
  /** The model family that the buckets are for. */
  readonly family: string;
  /** Undefined for requests without a key. */
  readonly keyHash: string | undefined;
}
