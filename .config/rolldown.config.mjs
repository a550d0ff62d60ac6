/*
 * JavaScript of the package: few files, for each costs a third of a millisecond of every start. The programs that are
 * started by path keep their places; what they share is in chunks/. Packages stay outside. tsc writes the types beside it.
 */
import { chmodSync, existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';

const PROGRAMS = [
  'cli/main',
  'index',
  'vitest',
  'jest',
  'cluster/worker-process',
  'harness/background-process',
  'harness/client-process',
  'harness/group-guard-process',
  'harness/load-process',
];

// What an earlier build left would be packed with the rest.
const left = existsSync('dist') ? readdirSync('dist', { recursive: true }) : [];
for (const file of left) if (/\.c?js$/.test(file)) rmSync(join('dist', file));

/** Entries that `require` gets, too. */
const REQUIRED = ['index', 'jest'];

/*
 * Jest reads no ES modules by `require`, but Node does: its own loader is asked, past Jest's. So a test has the same
 * instance of the package as any other module of the process.
 */
const forRequire = {
  name: 'for-require',
  generateBundle() {
    for (const entry of REQUIRED) {
      const source = `'use strict';\nconst { Module } = require('node:module');\nmodule.exports = Module._load(require('node:path').join(__dirname, '${entry}.js'), null, false);\n`;
      this.emitFile({ type: 'asset', fileName: `${entry}.cjs`, source });
      this.emitFile({ type: 'asset', fileName: `${entry}.d.cts`, source: `export * from './${entry}.js';\n` });
    }
  },
};

/** npm makes a bin executable only where it links the package for the first time; a later build would undo that. */
const executableBin = {
  name: 'executable-bin',
  writeBundle: ({ dir }) => chmodSync(join(dir, 'cli/main.js'), 0o755),
};

export default defineConfig({
  plugins: [forRequire, executableBin],
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
