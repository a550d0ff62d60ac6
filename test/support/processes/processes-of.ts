import { readdirSync, readFileSync } from 'node:fs';

/** Processes that were given the folder, by their command lines: commands that run, and shells that have not started theirs yet. */
export function processesOf(folder: string): string[] {
  return readdirSync('/proc').flatMap((pid) => {
    try {
      const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
      return line.includes(folder) ? [line] : [];
    } catch {
      return [];
    }
  });
}
