import type { Command } from 'commander';

/** Makes a command of the program. What it does is loaded when it runs; `finish` is told its exit code. */
export type CommandFactory = (finish: (code: number) => void) => Command;
