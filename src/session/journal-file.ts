import { constants, createWriteStream, fstatSync, openSync, readSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import type { Engine } from './engine.ts';

/** A JSONL file that grows by one line for each request that is over. */
export interface JournalFile {
  /** Writes what is left and closes the file. */
  close(): Promise<void>;
}

/** Bytes that may wait to be written. A disk that is slower, and a pipe that nobody reads, loses the rest. */
const MOST_WAITING_BYTES = 32 * 1024 * 1024;
/** Time for what waits to be written at the end. */
const CLOSE_MS = 2_000;

/**
 * Appends the journal to a file or a pipe, behind the requests. Throws the system's error when it cannot be opened;
 * `onError` is told once when it cannot be written later.
 */
export function writeJournalFile(engine: Engine, path: string, onError: (error: Error) => void): JournalFile {
  const stream = isPipe(path) ? pipeStream(path) : fileStream(path);
  let failed = false;
  const fail = (error: Error) => {
    if (!failed) onError(error);
    failed = true;
  };
  stream.on('error', fail);
  const stop = engine.onEntry((entry, session) => {
    if (failed) return;
    if (stream.writableLength > MOST_WAITING_BYTES)
      fail(new Error('what is written there is not taken as fast as requests come'));
    else stream.write(`${JSON.stringify(session.view(entry))}\n`);
  });
  return {
    async close() {
      stop();
      if (failed) stream.destroy();
      else await ended(stream);
    },
  };
}

function isPipe(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFIFO() === true;
}

function fileStream(path: string): Writable {
  const fd = openSync(path, 'a+');
  const stream = createWriteStream(path, { fd });
  if (!endsLine(fd)) stream.write('\n');
  return stream;
}

/** To open it for reading, too, waits for no reader; to write without waiting holds up no thread. */
function pipeStream(path: string): Writable {
  return new Socket({ fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK), readable: false, writable: true });
}

/** Resolves when all is written, or nobody has taken it for a while. */
function ended(stream: Writable): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => {
      stream.destroy();
      resolve();
    }, CLOSE_MS);
    stream.end(() => {
      clearTimeout(timer);
      stream.destroy();
      resolve();
    });
  });
}

/** Whether what the file holds, if anything, ends with a line break. */
function endsLine(fd: number): boolean {
  const { size } = fstatSync(fd);
  if (size === 0) return true;
  const last = Buffer.alloc(1);
  readSync(fd, last, 0, 1, size - 1);
  return last[0] === 0x0a;
}
