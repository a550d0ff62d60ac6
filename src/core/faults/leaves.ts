/**
 * What a client is left with that meets a fault in place of a healthy answer.
 * - `unchanged`: what would have come · `complete`: all of it, if late or in another form
 * - `open`: all of it, in a response that does not end · `mislabelled`: all of it, under another Content-Type
 * - `error`: an error answer · `silence`: a connection on which nothing comes
 * - `disconnected`: a connection that ends in place of the answer, or within it
 * - `stalled`: a part of a stream, then silence · `truncated`: a part of a stream, then its end
 * - `unreadable`: an answer of success with an error in it, or one that cannot be parsed
 * - `undetermined`: an answer of success that does not say whether it is complete
 * - `damaged`: an answer of success, complete by its form, that lacks what was asked for or has it broken
 */
export type Leaves =
  | 'unchanged'
  | 'complete'
  | 'open'
  | 'mislabelled'
  | 'error'
  | 'silence'
  | 'disconnected'
  | 'stalled'
  | 'truncated'
  | 'unreadable'
  | 'undetermined'
  | 'damaged';

const SPOILT: ReadonlySet<Leaves> = new Set(['truncated', 'unreadable', 'undetermined', 'damaged']);

/** Whether it is an answer of success that a client must not take for one. */
export function isSpoilt(leaves: Leaves): boolean {
  return SPOILT.has(leaves);
}
