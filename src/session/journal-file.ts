import { createWriteStream, fstatSync, openSync, readSync } from 'node:fs';
import type { Engine } from './engine.ts';

/** A JSONL file that grows by one line for each request that is over. */
export interface JournalFile {
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/**
 * Appends the journal to a file, behind the requests. Throws the system's error when the file cannot be opened;
 * `onError` is told once when it cannot be written later.
 */
export function writeJournalFile(engine: Engine, path: string, onError: (error: Error) => void): JournalFile {
  const fd = openSync(path, 'a+');
  const stream = createWriteStream(path, { fd });
  if (!endsLine(fd)) stream.write('\n');
  let failed = false;
  stream.on('error', (error) => {
    if (!failed) onError(error);
    failed = true;
  });
  const stop = engine.onEntry((entry, session) => {
    if (!failed) stream.write(`${JSON.stringify(session.view(entry))}\n`);
  });
  return {
    async close() {
      stop();
      if (!failed) await new Promise<void>((resolve) => stream.end(resolve));
    },
  };
}

/** Whether what the file holds, if anything, ends with a line break. */
function endsLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
