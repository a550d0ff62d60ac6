import { overlapOf, type Window } from '../../units/window.ts';

/** Milliseconds of the stretch that lie in none of the windows, which may overlap. */
export function upMsBetween(from: number, to: number, windows: readonly Window[]): number {
  const parts = windows.flatMap((window) => overlapOf(window, { from, to }) ?? []).sort((a, b) => a.from - b.from);
  let upMs = 0;
  let at = from;
  for (const part of parts) {
    upMs += Math.max(0, part.from - at);
    at = Math.max(at, part.to);
  }
  return upMs + Math.max(0, to - at);
}
