#!/usr/bin/env node
import { commandLine } from './command-line.ts';

/** A reader that has seen enough (`| head`) is no failure. Whoever writes goes on without it. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
  });
}

process.exitCode = await commandLine(process.argv.slice(2));
