import type { ScenarioInput } from '../../../src/core/scenario/schema.ts';
import type { VirtualClient } from '../../support/virtual-world.ts';
import { goodClient } from '../good-client.ts';
import { aimd, pacedClient, rateThatDoubles, tokenPace } from '../paced-client.ts';
import type { Bug } from './bug.ts';

/** A request a second, once the first sixty are spent. */
const ONE_A_SECOND: ScenarioInput = { limits: { '*': { rpm: 60 } } };
const WANTED = { adapts: true };
/** Three calls a second, for a minute. */
const THREE_A_SECOND = { calls: 180, staggerMs: 333 };

/** A pool of so many workers. Each obeys what it is told, and none tells the others. */
function workers(count: number): VirtualClient {
  const client = goodClient({ attempts: 6 });
  const pools = new WeakMap<object, Promise<unknown>[]>();
  return (tools, signal) => {
    const pool = pools.get(tools.program) ?? Array.from({ length: count }, () => Promise.resolve());
    pools.set(tools.program, pool);
    const free = pool.shift() ?? Promise.resolve();
    const answer = free.then(() => client(tools, signal));
    pool.push(answer.catch(() => undefined));
    return answer;
  };
}

/** Clients that never find their pace under a limit. */
export const paceBugs: readonly Bug[] = [
  {
    row: 'D6, each call for itself',
    symptom: 'waits as each refusal says, and goes on as fast as before',
    scenario: ONE_A_SECOND,
    policy: WANTED,
    client: goodClient(),
    twin: pacedClient(() => aimd({ perSecond: 3 })),
    world: THREE_A_SECOND,
    fail: ['adapts'],
  },
  {
    row: 'D6, a fixed pool',
    symptom: 'keeps eight workers busy, however many of them are refused',
    scenario: ONE_A_SECOND,
    policy: WANTED,
    client: workers(8),
    twin: pacedClient(() => tokenPace({ perMinute: 60 })),
    world: THREE_A_SECOND,
    fail: ['adapts'],
  },
  {
    row: 'D6, one by one',
    symptom: 'is refused each time, and each time comes as soon as it was told',
    scenario: ONE_A_SECOND,
    policy: WANTED,
    client: goodClient(),
    twin: pacedClient(() => aimd({ perSecond: 10 })),
    world: { calls: 180, staggerMs: 5, oneByOne: true },
    fail: ['adapts'],
  },
  {
    row: 'D6, too quick to trust',
    symptom: 'doubles its pace after each success',
    scenario: ONE_A_SECOND,
    policy: WANTED,
    client: pacedClient(() => rateThatDoubles({ perSecond: 3 })),
    twin: pacedClient(() => aimd({ perSecond: 3 })),
    world: THREE_A_SECOND,
    fail: ['adapts'],
  },
];
