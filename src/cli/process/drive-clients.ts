import { printableLines } from '../../core/text/printable.ts';
import { ClientError } from '../../harness/driver.ts';
import type { MockServer } from '../../server/start.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode } from '../output/exit-code.ts';
import { END_SIGNALS, onSignals, signalExitCode } from './on-signals.ts';

/** Client processes that this process started. */
interface ClientProcesses {
  /** Ends all of them. */
  close(): Promise<void>;
  /** Ends all of them at once: for the exit of this one. */
  kill(): void;
}

export interface Driving {
  /** Aborted by the first signal. Its reason says so: `interrupted by SIGINT`. */
  readonly signal: AbortSignal;
  /** To be called with the processes as soon as they are there: they end when the driving does, or this process. */
  attach(processes: ClientProcesses): void;
}

/**
 * Drives clients against the server, and ends clients and server whatever happens. The first signal ends the run and lets it
 * tell what it saw; the second ends this process, as a process that a signal ended. Resolves with the exit code. Rejects with a UsageError when the client
 * cannot be used.
 */
export async function driveClients(server: MockServer, drive: (driving: Driving) => Promise<number>): Promise<number> {
  const controller = new AbortController();
  const { signal } = controller;
  let clients: ClientProcesses | undefined;
  const kill = () => clients?.kill();
  const stopListening = onSignals(END_SIGNALS, (name) => {
    if (signal.aborted) process.exit(signalExitCode(name));
    controller.abort(`interrupted by ${name}`);
  });
  process.on('exit', kill);
  const attach = (processes: ClientProcesses) => {
    clients = processes;
  };
  try {
    return await drive({ signal, attach });
  } catch (error) {
    if (!(error instanceof ClientError)) throw error;
    if (!signal.aborted) throw new UsageError(error.message);
    process.stderr.write(`${printableLines(error.message)}\n`);
    return exitCode.failed;
  } finally {
    await clients?.close();
    await server.close(0);
    process.off('exit', kill);
    stopListening();
  }
}
