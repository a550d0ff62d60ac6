import { dirname } from 'node:path';
import { makeFolder } from '../../report/make-folder.ts';
import { systemReason } from '../../report/system-reason.ts';
import { disablePretenuring } from '../../server/http1/disable-pretenuring.ts';
import { type MockServer, type StartOptions, startServer } from '../../server/start.ts';
import { type JournalFile, writeJournalFile } from '../../session/journal-file.ts';
import { StartError, UsageError } from '../options/usage-error.ts';

/** Where the clients of one command find the mock. */
export const LOOPBACK = '127.0.0.1';

/** Starts a server as flags ask. What the system says against it becomes a message in terms of the flags. */
export async function startFromCli(
  options: StartOptions,
  start: (options: StartOptions) => Promise<MockServer> = startServer,
): Promise<MockServer> {
  const { host, port } = options;
  disablePretenuring();
  try {
    return await start(options);
  } catch (error) {
    if (error instanceof Error && error.name === 'CertificateError') throw new UsageError(error.message);
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EADDRINUSE') throw new StartError(`port ${port} is in use; --port 0 picks a free one`);
    if (code === 'EACCES') throw new StartError(`port ${port} needs more rights than this user has; take one above 1023`);
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND')
      throw new UsageError(`cannot listen on host ${host}: it is no address of this machine`);
    throw error;
  }
}

/** Opens the file of `--journal`, in a folder that it makes; `warn` is told when it cannot be written any more. */
export async function openJournal(server: MockServer, path: string, warn: (message: string) => void): Promise<JournalFile> {
  try {
    makeFolder(dirname(path));
    return writeJournalFile(server.engine, path, (error) => warn(`cannot write the journal any more: ${systemReason(error)}`));
  } catch (error) {
    await server.close(0);
    throw new UsageError(`cannot write the journal to ${path}: ${systemReason(error)}`);
  }
}
