import type { GroupNote } from './group-guard.ts';

/*
 * Outlives whoever started it by a moment, and ends the groups of processes that were left behind: who is killed cannot.
 */

const groups = new Set<number>();

process.on('message', ({ pid, alive }: GroupNote) => void (alive ? groups.add(pid) : groups.delete(pid)));
process.on('disconnect', () => {
  for (const pid of groups) end(pid);
});
process.send?.('on watch');
if (!process.connected) process.exit();

function end(pid: number): void {
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}
