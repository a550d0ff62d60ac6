import { createWriteStream, openSync } from 'node:fs';
import type { Engine } from './engine.ts';
import { entryView } from './entry-view.ts';

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
  const stream = createWriteStream(path, { fd: openSync(path, 'a') });
  let failed = false;
  stream.on('error', (error) => {
    if (!failed) onError(error);
    failed = true;
  });
  const stop = engine.onEntry((entry) => {
    if (!failed) stream.write(`${JSON.stringify(entryView(entry))}\n`);
  });
  return {
    async close() {
      stop();
      if (!failed) await new Promise<void>((resolve) => stream.end(resolve));
    },
  };
}
