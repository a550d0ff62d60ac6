import { printable } from '../core/report/printable.ts';

/** A report cannot be written: shown as one line, without a stack trace. */
export class ReportError extends Error {
  override readonly name = 'ReportError';

  /** What the system said, in words. */
  static of(place: string, error: unknown): ReportError {
    const { code = '', message } = error as NodeJS.ErrnoException;
    return new ReportError(`cannot write reports to ${printable(place)}: ${REASONS[code] ?? printable(message)}`);
  }
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EEXIST: 'there is a file of that name',
  ENOENT: 'nothing can be made there',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'there is a folder of that name',
};
