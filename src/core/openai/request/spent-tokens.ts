/** What an answer says that it cost. */
export interface SpentTokens {
  readonly input: number;
  readonly output: number;
  readonly total: number;
}
