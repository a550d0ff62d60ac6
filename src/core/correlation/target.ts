/** Who is asked. */
export interface Target {
  /** The service, where a scenario has several. */
  readonly provider: string;
  /** Of the key; undefined where none was sent. */
  readonly keyHash: string | undefined;
  readonly model: string | undefined;
}
