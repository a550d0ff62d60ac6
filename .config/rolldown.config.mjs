/*
 * JavaScript of the package: few files, for each costs a third of a millisecond of every start. The programs that are
 * started by path keep their places; what they share is in chunks/. Packages stay outside. tsc writes the types beside it.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';

const PROGRAMS = [
  'cli/main',
  'index',
  'vitest',
  'cluster/worker-process',
  'harness/background-process',
  'harness/client-process',
  'harness/group-guard-process',
  'harness/load-process',
];

// What an earlier build left would be packed with the rest.
const left = existsSync('dist') ? readdirSync('dist', { recursive: true }) : [];
for (const file of left) if (file.endsWith('.js')) rmSync(join('dist', file));

export default defineConfig({
  input: Object.fromEntries(PROGRAMS.map((program) => [program, `src/${program}.ts`])),
  platform: 'node',
  external: /^[^./]/,
  output: {
    dir: 'dist',
    entryFileNames: '[name].js',
    chunkFileNames: 'chunks/[name].js',
    comments: false,
  },
});
