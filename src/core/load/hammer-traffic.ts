/** What was seen of connections that ask again at once and never back off. They are no clients of the fleet, and nothing of them is judged. */
export interface HammerTraffic {
  readonly connections: number;
  /** How often the mock answered with each status; `none` where it gave none. */
  readonly answers: Readonly<Record<string, number>>;
  /** Requests that arrived in each second, the first one from the beginning of the load on. */
  readonly perSecond: readonly number[];
}
