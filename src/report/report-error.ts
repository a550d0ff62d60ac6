import { printable } from '../core/text/printable.ts';
import { systemReason } from './system-reason.ts';

/** A report cannot be written: shown as one line, without a stack trace. */
export class ReportError extends Error {
  override readonly name = 'ReportError';

  /** What the system said, in words. */
  static of(place: string, error: unknown): ReportError {
    return new ReportError(`cannot write reports to ${printable(place)}: ${printable(systemReason(error))}`);
  }
}
