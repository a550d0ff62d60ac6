import type { Certainty } from '../../correlation/certainty.ts';
import type { Policy } from '../../policy/policy.ts';
import type { Cost } from '../history/cost.ts';
import type { InFlight } from '../history/in-flight.ts';
import type { Finding, RuleVerdict } from '../kit/finding.ts';
import type { DowntimeUse } from './downtime-use.ts';
import type { UnservedRequests } from './unserved-requests.ts';

/**
 * How a run is judged as a whole. `pass`: at least one rule passed on a fault, or on a refusal by limits, capacity or a credential,
 * and none failed or warned. `inconclusive`: nothing was shown, the run was cut short, or requests went to what is not served.
 */
export type Judgement = 'pass' | 'warn' | 'fail' | 'inconclusive';

/** How often a rule of the scenario struck. */
export interface RuleUse {
  readonly id: string;
  /** It does something to an answer. */
  readonly harmful: boolean;
  readonly served: number;
  /** It cannot strike earlier, in milliseconds since the first request. */
  readonly fromMs?: number;
}

/** The verdict on one session, in short. */
export interface SessionVerdict {
  readonly session: string;
  readonly verdict: Judgement;
  readonly explain: string;
  readonly scenario: string;
  readonly seed: number;
  readonly exercised: boolean;
  readonly calls: number;
  readonly attempts: number;
}

/** The sum of all findings of one run. */
export interface Verdict {
  readonly verdict: Judgement;
  /** Why, in one sentence. */
  readonly explain: string;
  readonly scenario: string;
  readonly seed: number;
  readonly policy: Policy;
  /** Whether anything was done to the client that it has to bear, and of a fleet what its expectations are about. */
  readonly exercised: boolean;
  /** How the requests contradict what the program declares of its calls; absent where they do not. */
  readonly contradiction?: string;
  /** Why the run is not complete; absent when it is. */
  readonly cutShort?: string;
  /** Ids of the scenario's rules that never struck. */
  readonly notReached: readonly string[];
  /** Requests to URLs that OpenAI has and the mock does not serve. They are in no rule and in no figure. */
  readonly unserved: readonly UnservedRequests[];
  /** When the server was down by the scenario; absent where it never was. What the system refused then is in no figure. */
  readonly downtimes?: readonly DowntimeUse[];
  /** Where a run used others than the default session: what was said of each. */
  readonly sessions?: readonly SessionVerdict[];
  readonly calls: number;
  readonly attempts: number;
  /** Attempts per call. */
  readonly amplification: number;
  /** The largest numbers of requests in flight at once. */
  readonly inFlight: InFlight;
  /** What the calls cost, in tokens. */
  readonly tokens: Cost;
  /** How many calls were recognised how surely. */
  readonly correlation: Readonly<Record<Certainty, number>>;
  /** How many findings of each kind. */
  readonly counts: Readonly<Record<RuleVerdict, number>>;
  /** Those that speak against the client first. */
  readonly findings: readonly Finding[];
  /** How long the run was watched, from the first request on. */
  readonly watchedMs: number;
}
