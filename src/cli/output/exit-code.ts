import type { Verdict } from '../../core/backoff/verdict/verdict.ts';

/** What the process ends with. */
export const exitCode = {
  pass: 0,
  /** The verdict failed, or the wrapped command did. */
  failed: 1,
  /** The scenario or the flags are wrong. */
  usage: 2,
  /** The mock itself failed. */
  internal: 3,
} as const;

/** What a verdict ends with: whatever does not pass fails a build. */
export function exitCodeOf({ verdict }: Verdict): number {
  return verdict === 'pass' || verdict === 'warn' ? exitCode.pass : exitCode.failed;
}
