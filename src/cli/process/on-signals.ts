import { constants } from 'node:os';

/** Signals that end a command: Ctrl-C, a polite kill, a closed terminal, Ctrl-\\, and what tools that restart programs send. */
export const END_SIGNALS: readonly NodeJS.Signals[] =
  process.platform === 'win32' ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT', 'SIGUSR2'];

/** What a process ends with that a signal ended, as shells tell it: 130 for SIGINT. */
export function signalExitCode(name: NodeJS.Signals): number {
  return 128 + constants.signals[name];
}

/** Calls the listener for each of these signals that comes. Returns how to stop. */
export function onSignals(names: readonly NodeJS.Signals[], listener: (name: NodeJS.Signals) => void): () => void {
  for (const name of names) process.on(name, listener);
  return () => {
    for (const name of names) process.off(name, listener);
  };
}
