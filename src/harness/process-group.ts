import { type ChildProcess, spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';

/** Windows knows no process groups: there only the process itself is told. */
export const HAS_GROUPS = process.platform !== 'win32';

/** Sends a signal to all processes of the group that this one leads; 0 only asks. Returns whether there was anybody to tell. */
export function signalGroup(child: ChildProcess, signal: NodeJS.Signals | 0): boolean {
  if (child.pid === undefined) return false;
  if (!HAS_GROUPS) return child.exitCode === null && child.signalCode === null && child.kill(signal);
  try {
    return process.kill(-child.pid, signal);
  } catch (error) {
    // EPERM: somebody is there who may not be signalled.
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** Whether a process of the group lives. Where nobody collects the dead, as in many containers, the system counts them, too. */
export function isGroupAlive(child: ChildProcess): boolean {
  if (!signalGroup(child, 0)) return false;
  return process.platform !== 'linux' || hasLiving(child.pid ?? 0);
}

function hasLiving(group: number): boolean {
  try {
    return readdirSync('/proc').some((name) => /^\d+$/.test(name) && isLivingIn(group, name));
  } catch {
    return true;
  }
}

function isLivingIn(group: number, pid: string): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // Behind the name, which may hold anything: state, parent, group.
    const [state, , its] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(its) === group && state !== 'Z' && state !== 'X';
  } catch {
    // It is gone.
    return false;
  }
}

/** Waits for a line; without one, because the writer is gone, it ends the group. */
const GUARD = 'IFS= read -r closed || kill -KILL "-$0"';

/** Ends the group if this process ends before `close`, be it by SIGKILL. A shell does it: another Node would take 40 MB. */
export function guardGroup({ pid }: ChildProcess): { close(): void } {
  if (pid === undefined || !HAS_GROUPS) return { close: () => undefined };
  const shell = spawn('/bin/sh', ['-c', GUARD, String(pid)], { stdio: ['pipe', 'ignore', 'ignore'], detached: true });
  shell.on('error', () => undefined);
  shell.stdin.on('error', () => undefined);
  shell.unref();
  return { close: () => void shell.stdin.end('\n') };
}
