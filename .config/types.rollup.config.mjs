/*
 * The types of the public entries, and one file of what they share. They are bundled from what tsc writes, so that no
 * type of the inside is in the package unless a public one needs it.
 */
import { resolve } from 'node:path';
import { dts } from 'rollup-plugin-dts';

const ENTRIES = Object.fromEntries(['index', 'vitest', 'jest'].map((entry) => [entry, resolve(`build/types/${entry}.d.ts`)]));

export default {
  input: ENTRIES,
  external: /^[^./]/,
  plugins: [dts()],
  output: {
    dir: 'dist',
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'types/[name].d.ts',
    manualChunks: (id) => (Object.values(ENTRIES).includes(id) ? undefined : 'shared'),
    // Bundling drops the references of sources.
    banner: '/// <reference lib="esnext.disposable" />',
  },
};
