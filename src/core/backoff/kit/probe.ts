/** Where a client may ask, where it takes several targets. */
export interface ProbeTarget {
  /** `primary` has the rules of the variant; another service is healthy. */
  readonly service: 'primary' | 'backup';
  readonly key: string;
  readonly model: string;
}

/** One situation in which a client is watched: a session of its own. Times in milliseconds. */
export interface ProbeVariant {
  /** Unique within the probe: `503`, `retry-after -5`. */
  readonly name: string;
  /** Rules as a scenario writes them. */
  readonly rules: readonly object[];
  /** Limits as a scenario writes them. */
  readonly limits?: object;
  /** What the client is given as its targets, in this order; the first is that of a client with one. */
  readonly targets?: readonly ProbeTarget[];
  /** Calls to make; default 1. */
  readonly calls?: number;
  /** The same where each call is a process of its own, which takes long to start; default the same. */
  readonly processCalls?: number;
  /** Between the starts of calls; default 20 (backoff.md 6). */
  readonly staggerMs?: number;
  /** Each call starts when the one before is over, all in a process of their own, whose connections nobody else uses. */
  readonly sequential?: true;
  /** The client is asked to stream. */
  readonly stream?: true;
  /** The client is told to stop so long after the first byte of the first answer. */
  readonly abortAfterMs?: number;
}

/** What provokes a rule. Several rules may share one. */
export interface Probe {
  readonly name: string;
  readonly variants: readonly ProbeVariant[];
  /** How long it is watched at most. */
  readonly windowMs: number;
  /** The same where nobody is in a hurry; default the same. */
  readonly fullWindowMs?: number;
  /** Starts so long after the others, when it is quieter; default 0. */
  readonly delayMs?: number;
  /** Shows only what calls of one process share, or do at one moment. */
  readonly oneProcess?: true;
}

/** A probe of one variant. */
export function probeOf(name: string, windowMs: number, variant: Omit<ProbeVariant, 'name'>): Probe {
  return { name, windowMs, variants: [{ name, ...variant }] };
}
