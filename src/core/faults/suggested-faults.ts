import { overloaded } from './overloaded.ts';
import { rateLimit } from './rate-limit.ts';

/** Faults that a good client retries: what to try where a scenario has none. */
export const suggestedFaults = [rateLimit.name, overloaded.name] as const;
