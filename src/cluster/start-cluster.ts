import { type MockServer, type Serving, type SharedListening, type StartOptions, startServer } from '../server/start.ts';
import { sharedClock } from './shared-clock.ts';
import { WorkerPool } from './worker-pool.ts';

export interface ClusterOptions extends StartOptions {
  /** How many processes serve. */
  readonly workers: number;
  /** Told of workers that died. */
  onWarning(message: string): void;
}

/**
 * The same as `startServer`, with several processes that serve. This one keeps what requests share, and decides. Throws a
 * ScenarioError, or the system's error when the address cannot be had.
 */
export async function startCluster({ workers, onWarning, ...options }: ClusterOptions): Promise<MockServer> {
  const base = process.hrtime.bigint();
  const listening = async (serving: Serving): Promise<SharedListening> => {
    const family = new WorkerPool({ ...serving, base, onWarning });
    return family.listen(workers);
  };
  return startServer({ ...options, clock: sharedClock(base), listening });
}
