import type { CallHistory } from '../backoff/history/call-history.ts';
import type { Outage } from '../backoff/kit/rule-evidence.ts';
import type { Downtime } from '../journal/downtime.ts';
import type { JournalEntry } from '../journal/entry.ts';
import type { CallRecord } from './call-record.ts';
import type { GatewayTraffic } from './gateway-traffic.ts';
import type { HammerTraffic } from './hammer-traffic.ts';

/** How calls come: on a schedule (`open`), each after the one before it (`closed`), or all at one moment (`burst`). */
export interface Workload {
  readonly model: 'open' | 'closed' | 'burst';
  /** In words: `50/s, Poisson`, `20 workers`. */
  readonly text: string;
  /** Calls asked for a second, at full height; null where their number follows from the answers. */
  readonly perSecond: number | null;
  readonly processes: number;
  readonly maxInFlight: number;
}

/** A second in which the event loop of a process was so late, in milliseconds. */
export interface Delay {
  readonly at: number;
  readonly ms: number;
}

/** A span in which a part of the requests failed. Times on the journal's clock. */
export interface BrownOut extends Outage {
  /** Of the requests that came in it, or that its rule fails by plan. */
  readonly share: number;
}

/** All that is known of a load run. Times in milliseconds of the journal's clock. */
export interface LoadRun {
  readonly workload: Workload;
  readonly records: readonly CallRecord[];
  /** Of the clients' calls. */
  readonly histories: readonly CallHistory[];
  /** Of the clients' calls. */
  readonly entries: readonly JournalEntry[];
  /** Requests of the noise beside them. */
  readonly background: readonly JournalEntry[];
  readonly outages: readonly Outage[];
  /** When the server was down; what the system refused then is in no entry. */
  readonly downtimes?: readonly Downtime[];
  /** What the policy has judged as outages are. */
  readonly brownOuts: readonly BrownOut[];
  /** Requests a second that the service can do; null where there is always room. */
  readonly capacityPerSecond: number | null;
  /** When the first call was to start. */
  readonly from: number;
  /** When the load reached its full height. */
  readonly steadyFrom: number;
  /** Until when calls were started. */
  readonly loadUntil: number;
  /** Event-loop delays, the 99th percentile of each second. */
  readonly mockDelays: readonly Delay[];
  readonly driverDelays: readonly Delay[];
  /** Tokens of one prompt, as estimated. */
  readonly promptTokens: number;
  /** Why the run is not complete; null when it is. */
  readonly cutShort: string | null;
  /** The requests came to services of one scenario: a call may go from one to another. */
  readonly together?: true | undefined;
  /** Of a load whose clients talk to a gateway. */
  readonly through?: GatewayTraffic | undefined;
  /** Of a load with connections that never back off beside the fleet. */
  readonly hammer?: HammerTraffic | undefined;
  /** Where to look when no request came, in whole sentences. */
  readonly silence?: string | undefined;
}
