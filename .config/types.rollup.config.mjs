/*
 * The types of the public entries: one file each, and what they share in types/. They are bundled from what tsc writes, so
 * that no type of the inside is in the package unless a public one needs it.
 */
import { dts } from 'rollup-plugin-dts';

const ENTRIES = ['index', 'vitest', 'jest'];

export default {
  input: Object.fromEntries(ENTRIES.map((entry) => [entry, `build/types/${entry}.d.ts`])),
  external: /^[^./]/,
  plugins: [dts()],
  output: {
    dir: 'dist',
    // Bundling drops the references of sources.
    banner: '/// <reference lib="esnext.disposable" />',
    entryFileNames: '[name].d.ts',
    chunkFileNames: 'types/[name].ts',
  },
};
