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
  disablePretenuring();
  try {
    return await start(options);
  } catch (error) {
    throw refusalOf(error, options) ?? error;
  }
}

/** What the system says, in terms of the flags; undefined where it is none of its errors. */
function refusalOf(error: unknown, { host, port, adminPort }: StartOptions): Error | undefined {
  if (error instanceof Error && (error.name === 'CertificateError' || error.name === 'StoreUsageError'))
    return new UsageError(error.message);
  if (error instanceof Error && error.name === 'StoreError') return new StartError(error.message);
  const { code, port: refused } = error instanceof Error ? (error as NodeJS.ErrnoException & { readonly port?: number }) : {};
  const [flag, wanted] = refused !== undefined && refused === adminPort ? ['--admin-port', adminPort] : ['--port', port];
  switch (code) {
    case 'EADDRINUSE':
      return port === adminPort
        ? new UsageError(`--admin-port ${adminPort} is the port of the mock, too; --admin-port 0 picks a free one`)
        : new StartError(`port ${wanted} is in use; ${flag} 0 picks a free one`);
    case 'EACCES':
      return new StartError(`port ${wanted} needs more rights than this user has; take one above 1023`);
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return new UsageError(`cannot listen on host ${host}: it is no address of this machine`);
    default:
      return undefined;
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
