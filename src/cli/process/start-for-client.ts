import type { JournalBounds } from '../../core/journal/journal.ts';
import { packageVersion } from '../../report/package-version.ts';
import type { MockServer, StartOptions } from '../../server/start.ts';
import { onUnservedUrl } from '../../session/on-unserved-url.ts';
import { exitCode } from '../output/exit-code.ts';
import { judgedBounds } from './judged-bounds.ts';
import { LOOPBACK, startFromCli } from './start-from-cli.ts';

export interface ClientServerOptions extends Pick<StartOptions, 'source' | 'seed' | 'calls' | 'tls' | 'onFailure' | 'adminPort'> {
  /** 0: a free one. */
  readonly port?: number;
  /** Requests that the journal keeps. */
  readonly entries: number;
  /** Calls that the journal leaves out. */
  readonly leavesOut?: JournalBounds['leavesOut'];
  /** The URL of a store: the mock is one of its replicas. */
  readonly store?: string | undefined;
  /** Is told which URLs of OpenAI the client asked for that the mock does not serve. */
  say(message: string): void;
}

/** Starts a mock for one client that is judged at the end: on loopback, with a journal for the whole run. */
export async function startForClient({
  port = 0,
  entries,
  leavesOut,
  store,
  say,
  ...options
}: ClientServerOptions): Promise<MockServer> {
  const bounds = { ...judgedBounds, entries, ...(leavesOut === undefined ? {} : { leavesOut }) };
  const starting = { ...options, host: LOOPBACK, port, bounds };
  const server = store === undefined ? await startFromCli(starting) : await startAsReplica(starting, store, say);
  onUnservedUrl(server.engine, say);
  return server;
}

async function startAsReplica(options: StartOptions, store: string, say: (message: string) => void): Promise<MockServer> {
  const { startReplica } = await import('../../replicas/start-replica.ts');
  // What was asked for since then is in no journal: such a load cannot be judged.
  const onLost = (message: string) => {
    say(`mock-openai: ${message}.`);
    process.exit(exitCode.internal);
  };
  return startFromCli(options, (given) => startReplica({ ...given, store, version: packageVersion(), onWarning: say, onLost }));
}
