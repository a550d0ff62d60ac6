import type { SpentTokens } from '../request/spent-tokens.ts';

/**
 * What a session keeps of files and batches between requests. All of it is plain data: it travels between processes.
 */

/** A file as it is kept, without its content. */
export interface StoredFile {
  /** `file-` + 22 characters. */
  readonly id: string;
  readonly purpose: string;
  readonly filename: string;
  readonly bytes: number;
  /** Seconds since the epoch. */
  readonly createdAt: number;
  /** Seconds since the epoch; null where it does not expire. */
  readonly expiresAt: number | null;
}

/** A request of a batch that is over. */
export interface StoredLine {
  /** When it is over, in milliseconds of the engine's clock. */
  readonly doneAt: number;
  /** Its answer has a 2xx: it goes into the output file, and into the file of errors otherwise. */
  readonly isGood: boolean;
  /** With its newline. */
  readonly text: string;
  /** Of the text, in UTF-8. */
  readonly bytes: number;
  readonly tokens: SpentTokens;
}

/** What is wrong with a line of the input. */
export interface InputProblem {
  readonly code: string;
  readonly message: string;
  readonly param: string | null;
  /** Counted from 1; null where it is the file as a whole. */
  readonly line: number | null;
}

/** A batch as it is kept: all that will become of it. Times in milliseconds of the engine's clock, but for `createdWallMs`. */
export interface StoredBatch {
  readonly id: string;
  readonly endpoint: string;
  readonly model: string | null;
  readonly inputFileId: string;
  readonly completionWindow: string;
  readonly metadata: unknown;
  readonly createdAt: number;
  /** Since the epoch. */
  readonly createdWallMs: number;
  /** From then on its input has been looked through. */
  readonly validatedAt: number;
  /** From then on its files are written. */
  readonly finalizingAt: number;
  /** From then on it is over. */
  readonly endsAt: number;
  /** Undefined while nobody has cancelled it. */
  readonly cancelledAt?: number;
  /** Not empty: it fails. */
  readonly problems: readonly InputProblem[];
  /** In the order of the input. */
  readonly lines: readonly StoredLine[];
  readonly output: StoredFile;
  readonly errors: StoredFile;
  /** Its files that were deleted. */
  readonly deleted: readonly string[];
}
