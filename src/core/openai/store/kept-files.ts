import type { StoredBatch, StoredFile } from './stored-file.ts';

/** What a request refers to of files and batches. Plain data. */
export type FileReference =
  /** Something new is kept, of so many bytes. */
  | { readonly about: 'new file'; readonly bytes: number }
  | { readonly about: 'new batch'; readonly input: string; readonly endpoint: string }
  | { readonly about: 'file'; readonly id: string; readonly withContent: boolean }
  | { readonly about: 'all files' }
  | { readonly about: 'batch'; readonly id: string }
  | { readonly about: 'all batches' };

/** What the session keeps of it, or why the request fails. Plain data. */
export type FileFinding =
  | { readonly is: 'missing'; readonly what: 'file' | 'batch'; readonly id: string }
  | { readonly is: 'no room'; readonly most: string; readonly advice: string }
  | { readonly is: 'room' }
  | { readonly is: 'file'; readonly file: StoredFile; readonly content: Uint8Array | undefined }
  /** A file that a batch writes, which may not be there yet. */
  | { readonly is: 'file of a batch'; readonly file: StoredFile; readonly batch: StoredBatch }
  | FoundInput
  | { readonly is: 'all files'; readonly files: readonly StoredFile[]; readonly batches: readonly StoredBatch[] }
  | { readonly is: 'batch'; readonly batch: StoredBatch }
  | { readonly is: 'all batches'; readonly batches: readonly StoredBatch[] };

/** What a new batch begins with. */
export interface FoundInput {
  readonly is: 'input';
  readonly file: StoredFile;
  /** The content of the file. */
  readonly text: string;
  /** What the batch asks. */
  readonly endpoint: string;
  /** Bytes that there is room for. */
  readonly room: number;
}

/** How a request changes what the session keeps of files and batches. Plain data. */
export type FileChange =
  | { readonly change: 'keep file'; readonly file: StoredFile; readonly content: Uint8Array }
  | { readonly change: 'delete file'; readonly id: string }
  | { readonly change: 'keep batch'; readonly batch: StoredBatch }
  | { readonly change: 'cancel batch'; readonly id: string; readonly at: number };

/** Files kept at most, and batches. */
const MAX_KEPT = 1_000;
/** Bytes of files and of what batches write, kept at most. */
const MAX_SIZE = 64 * 1024 * 1024;

const RESET = 'Reset the session.';
const DELETE = 'Delete files, or reset the session.';
const MOST_FILES: FileFinding = { is: 'no room', most: '1,000 files', advice: DELETE };
/** Nothing deletes a batch. */
const MOST_BATCHES: FileFinding = { is: 'no room', most: '1,000 batches', advice: RESET };
const MOST_SIZE: FileFinding = { is: 'no room', most: '64 MiB of files and batches', advice: DELETE };

/**
 * The files and batches of a session. Nothing is forgotten to make room, for a file that is gone looks like a fault of the client:
 * what there is no room for is refused.
 */
export class KeptFiles {
  /** The oldest first. */
  readonly #files = new Map<string, { readonly file: StoredFile; readonly content: Uint8Array }>();
  readonly #batches = new Map<string, StoredBatch>();
  readonly #textOf: (bytes: Uint8Array) => string;
  #size = 0;

  constructor(textOf: (bytes: Uint8Array) => string) {
    this.#textOf = textOf;
  }

  get size(): number {
    return this.#size;
  }

  find(reference: FileReference): FileFinding {
    switch (reference.about) {
      case 'new file':
        if (this.#files.size >= MAX_KEPT) return MOST_FILES;
        return this.#size + reference.bytes > MAX_SIZE ? MOST_SIZE : { is: 'room' };
      case 'new batch':
        return this.#input(reference);
      case 'file':
        return this.#file(reference.id, reference.withContent);
      case 'all files':
        return { is: 'all files', files: [...this.#files.values()].map(({ file }) => file), batches: this.#all };
      case 'batch': {
        const batch = this.#batches.get(reference.id);
        return batch === undefined ? { is: 'missing', what: 'batch', id: reference.id } : { is: 'batch', batch };
      }
      case 'all batches':
        return { is: 'all batches', batches: this.#all };
    }
  }

  /** What does not exist any more is not changed. */
  apply(change: FileChange): void {
    switch (change.change) {
      case 'keep file':
        this.#files.set(change.file.id, { file: change.file, content: change.content });
        this.#size += change.content.byteLength;
        break;
      case 'delete file':
        this.#delete(change.id);
        break;
      case 'keep batch':
        this.#batches.set(change.batch.id, change.batch);
        this.#size += sizeOf(change.batch);
        break;
      case 'cancel batch': {
        const batch = this.#batches.get(change.id);
        if (batch !== undefined) this.#batches.set(change.id, { ...batch, cancelledAt: batch.cancelledAt ?? change.at });
      }
    }
  }

  clear(): void {
    this.#files.clear();
    this.#batches.clear();
    this.#size = 0;
  }

  get #all(): StoredBatch[] {
    return [...this.#batches.values()];
  }

  #file(id: string, withContent: boolean): FileFinding {
    const kept = this.#files.get(id);
    if (kept !== undefined) return { is: 'file', file: kept.file, content: withContent ? kept.content : undefined };
    const batch = this.#writerOf(id);
    if (batch === undefined || batch.deleted.includes(id)) return { is: 'missing', what: 'file', id };
    return { is: 'file of a batch', file: batch.output.id === id ? batch.output : batch.errors, batch };
  }

  #input({ input: id, endpoint }: Extract<FileReference, { about: 'new batch' }>): FileFinding {
    const kept = this.#files.get(id);
    if (kept === undefined) return { is: 'missing', what: 'file', id };
    if (this.#batches.size >= MAX_KEPT) return MOST_BATCHES;
    return { is: 'input', file: kept.file, text: this.#textOf(kept.content), endpoint, room: MAX_SIZE - this.#size };
  }

  #writerOf(id: string): StoredBatch | undefined {
    return this.#all.find(({ output, errors }) => output.id === id || errors.id === id);
  }

  #delete(id: string): void {
    const kept = this.#files.get(id);
    this.#size -= kept?.content.byteLength ?? 0;
    this.#files.delete(id);
    const batch = this.#writerOf(id);
    if (batch === undefined) return;
    const left = withoutFile(batch, id);
    this.#size += sizeOf(left) - sizeOf(batch);
    this.#batches.set(batch.id, left);
  }
}

/** The batch without the text of a file that it has written. How its requests ended, and what they cost, stays known. */
function withoutFile(batch: StoredBatch, id: string): StoredBatch {
  const wasGood = id === batch.output.id;
  const lines = batch.lines.map((line) => (line.isGood === wasGood ? { ...line, text: '', bytes: 0 } : line));
  return { ...batch, lines, deleted: [...batch.deleted, id] };
}

function sizeOf({ lines }: StoredBatch): number {
  return lines.reduce((sum, { bytes }) => sum + bytes, 0);
}
