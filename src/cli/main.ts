#!/usr/bin/env node
import { printable } from '../core/text/printable.ts';
import { systemReason } from '../report/system-reason.ts';
import { commandLine } from './command-line.ts';
import { exitCode } from './output/exit-code.ts';

let unwritten = false;
for (const [name, stream] of [
  ['stdout', process.stdout],
  ['stderr', process.stderr],
] as const) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A reader that has seen enough (`| head`) is no failure. The command goes on without it.
    if (error.code === 'EPIPE' || unwritten) return;
    unwritten = true;
    if (stream !== process.stderr) process.stderr.write(`error: cannot write to ${name}: ${printable(systemReason(error))}\n`);
  });
}

const code = await commandLine(process.argv.slice(2));
process.exitCode = code;
process.once('exit', () => {
  if (unwritten && process.exitCode === exitCode.pass) process.exitCode = exitCode.internal;
});
