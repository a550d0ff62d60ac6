/** A stretch of time in milliseconds; its end is not part of it. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export function inWindow(at: number, { from, to }: Window): boolean {
  return at >= from && at < to;
}

/** What two windows have in common; undefined where that is nothing. */
export function overlapOf(a: Window, b: Window): Window | undefined {
  const window = { from: Math.max(a.from, b.from), to: Math.min(a.to, b.to) };
  return window.from < window.to ? window : undefined;
}
