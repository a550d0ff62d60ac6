/** Who is asked. */
export interface Target {
  /** The service, where a scenario has several. */
  readonly provider: string;
  /** Of the key; undefined where none was sent. */
  readonly keyHash: string | undefined;
  readonly model: string | undefined;
}

/** What a request asks, and whom. */
export interface Asked extends Target {
  /** Equal for equal questions, also to another target; undefined for what asks nothing. Found when it is read. */
  readonly question: string | undefined;
}
