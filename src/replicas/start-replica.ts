import { randomUUID } from 'node:crypto';
import { serialize } from 'node:v8';
import { messageOf } from '../core/text/message-of.ts';
import { libraries } from '../libraries.ts';
import { loadScenario } from '../scenario-files/load-scenario.ts';
import { scenarioHash } from '../scenario-files/scenario-hash.ts';
import { type MockServer, type StartOptions, startServer } from '../server/start.ts';
import { AnchoredClock, sampleOf } from './anchored-clock.ts';
import { connectToStore, shown } from './connect-to-store.ts';
import { HOW_TO_BEGIN_ANEW } from './log-length.ts';
import { ReplayClock } from './replay-clock.ts';
import type { ReplicaMessage } from './replica-message.ts';
import { ReplicaServer } from './replica-server.ts';
import { type JoinedLog, type LogEntry, PREFIX, type Refused, SharedLog } from './shared-log.ts';
import type { ConnectToStore } from './store-connection.ts';
import { StoreError, StoreUsageError } from './store-error.ts';
import { StoreLink } from './store-link.ts';

export interface ReplicaOptions extends StartOptions {
  /** `redis://127.0.0.1:6379/0`. */
  readonly store: string;
  /** Of the program: all replicas have the same. */
  readonly version: string;
  onWarning(message: string): void;
  /** This replica cannot go on, and serves nothing any more. `joinsAgain`: one that is started anew can. */
  onLost(message: string, joinsAgain: boolean): void;
}

/** Of what replicas say to each other. It grows with each change that one of the version before would not understand. */
const PROTOCOL = 1;
/** Looks at the clock of the store before the start. */
const FIRST_LOOKS = 5;

/**
 * The same as `startServer`, as one of the replicas of a mock whose state is in a store. Throws a ScenarioError, a StoreError, or the
 * system's error when the address cannot be had.
 */
export async function startReplica({ store, version, onWarning, onLost, ...options }: ReplicaOptions): Promise<MockServer> {
  const seed = options.source && loadScenario(options.source, libraries, options.seed).plan.seed;
  const connect = await connectToStore(store);
  const link = new StoreLink(connect);
  try {
    const log = new SharedLog(link, PREFIX);
    const own = { source: options.source, seed: seed ?? options.seed };
    const replica = randomUUID();
    const joined = await joinAs(log, replica, { store, own, protocol: protocolOf(version) });
    return await startJoined({ log, link, connect, replica, joined, onWarning, onLost }, options);
  } catch (error) {
    link.end();
    throw error instanceof Error && error.name.startsWith('Reply') ? storeSays(error, store) : error;
  }
}

type Begin = Omit<Extract<ReplicaMessage, { kind: 'begin' }>, 'kind'>;

interface Belonging {
  readonly store: string;
  readonly own: Begin;
  readonly protocol: string;
}

/** Joins the replicas at that store, or begins a run of its own. */
async function joinAs(log: SharedLog, replica: string, { store, own, protocol }: Belonging): Promise<JoinedLog> {
  let joined: JoinedLog | Refused;
  try {
    joined = await log.join({
      protocol,
      run: randomUUID(),
      scenario: scenarioHash(own),
      replica,
      first: { kind: 'begin', ...own },
    });
  } catch (error) {
    throw error instanceof StoreError ? error : storeSays(error, store);
  }
  if (!('refused' in joined)) return joined;
  if (joined.refused === 'other protocol')
    throw new StoreError(
      `the replicas at ${shown(store)} are of another version (${joined.theirs}; this is ${protocol}): end them before, or give this one a store or a database of its own`,
    );
  if (joined.refused === 'cut')
    throw new StoreError(
      `the log at ${shown(store)} has grown so long that its beginning is cut away, and nobody can join: ${HOW_TO_BEGIN_ANEW}`,
    );
  throw new StoreUsageError(
    `the replicas at ${shown(store)} were started with another scenario or seed: give the same, or a store or a database of its own`,
  );
}

interface Joined {
  readonly log: SharedLog;
  readonly link: StoreLink;
  readonly connect: ConnectToStore;
  readonly replica: string;
  readonly joined: JoinedLog;
  onWarning(message: string): void;
  onLost(message: string, joinsAgain: boolean): void;
}

async function startJoined({ joined, ...parts }: Joined, options: StartOptions): Promise<MockServer> {
  const { log, replica } = parts;
  const reading = new StoreLink(parts.connect);
  try {
    const clock = await anchored(log, joined, replica);
    const replay = new ReplayClock(clock, joined.began);
    const begin = beginOf(await new SharedLog(reading, PREFIX).after(0, 'at once'));
    let admin: Parameters<NonNullable<StartOptions['adminRelay']>>[0] | undefined;
    let server: ReplicaServer | undefined;
    return await startServer({
      ...options,
      source: begin.source,
      seed: begin.seed,
      run: joined.run,
      clock: replay,
      counts: () => server?.isServing === true,
      adminRelay(given) {
        admin = given;
        return (c, next) => (server === undefined ? next() : server.relay(c, next));
      },
      async listening(serving) {
        if (admin === undefined) throw new Error('the admin API is made before the server listens');
        server = new ReplicaServer({
          ...parts,
          run: joined.run,
          began: joined.began,
          reading,
          readingLog: new SharedLog(reading, PREFIX),
          clock,
          replay,
          serving,
          admin,
        });
        return server.listen(joined.n);
      },
    });
  } catch (error) {
    reading.end();
    throw error;
  }
}

function beginOf([first]: readonly LogEntry[]): Begin {
  const [message] = first?.messages() ?? [];
  if (first?.n === 1 && message?.kind === 'begin') return message;
  throw new StoreError('the beginning of the log is not in the store any more: delete its keys, and start the replicas anew');
}

/** A clock that shows what the store's does, for what is known of it. */
async function anchored(log: SharedLog, { run, began }: JoinedLog, replica: string): Promise<AnchoredClock> {
  const own = () => performance.now();
  let clock: AnchoredClock | undefined;
  for (let look = 0; look < FIRST_LOOKS; look++) {
    const askedAt = own();
    const beat = await log.beat(run, replica, { n: 0, storeMs: 0 });
    if (typeof beat === 'string') throw new StoreError(`the store lost what it had just taken (${beat})`);
    const sample = sampleOf(askedAt, beat.storeMs, own());
    if (clock === undefined) clock = new AnchoredClock(began, sample, own);
    else clock.begin(sample);
  }
  if (clock === undefined) throw new Error('the clock of the store is looked at before the start');
  return clock;
}

/** The versions of what replicas have to have in common: the log holds what V8 writes. */
function protocolOf(version: string): string {
  return `${version}, protocol ${PROTOCOL}.${serialize(0)[1]}`;
}

function storeSays(error: unknown, store: string): StoreError {
  return new StoreError(`the store at ${shown(store)} says: ${messageOf(error)}`);
}
