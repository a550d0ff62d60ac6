/*
 * JavaScript of the package: few files, for each costs a third of a millisecond of every start. The programs that are
 * started by path keep their places; what they share is in chunks/. The dependencies of package.json stay outside; other
 * libraries are development dependencies, and what is used of them goes into dist/.
 */
import { chmodSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'rolldown';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const PROGRAMS = [
  'cli/main',
  'index',
  'vitest',
  'jest',
  'cluster/worker-process',
  'harness/background-process',
  'harness/client-process',
  'harness/gateway-front-process',
  'harness/group-guard-process',
  'harness/hammer-process',
  'harness/load-process',
];

/** Libraries that are loaded by `require` when they are first used, a file each: `#ajv` is dist/libraries/ajv.cjs. */
const LAZY_LIBRARIES = {
  ajv: 'ajv',
  'asn1-schema': '@peculiar/asn1-schema',
  'asn1-x509': '@peculiar/asn1-x509',
  autocannon: 'autocannon',
  'json-schema-draft-07': 'ajv/dist/refs/json-schema-draft-07.json',
  'json-schema-faker': 'json-schema-faker',
  o200k_base: 'gpt-tokenizer/encoding/o200k_base',
  re2js: 're2js',
  ws: 'ws',
};

/** What ws takes where it is installed. */
const FASTER_MASKING = ['bufferutil', 'utf-8-validate'];

const { dependencies, peerDependenciesMeta } = JSON.parse(readFileSync('package.json', 'utf8'));
/** Its types are public, so that it is installed; what is used of it is bundled, for it is ninety files, and a scenario waits for them. */
const FOR_TYPES = ['zod'];
const installed = Object.keys({ ...dependencies, ...peerDependenciesMeta }).filter((name) => !FOR_TYPES.includes(name));
const external = (id) => id.startsWith('node:') || installed.some((name) => id === name || id.startsWith(`${name}/`));

// What an earlier build left would be packed with the rest.
rmSync('dist', { recursive: true, force: true });

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

const licenses = thirdPartyLicenses('dist/THIRD-PARTY-LICENSES.txt');

export default defineConfig([
  {
    plugins: [forRequire, executableBin, licenses],
    input: Object.fromEntries(PROGRAMS.map((program) => [program, `src/${program}.ts`])),
    platform: 'node',
    external,
    output: {
      dir: 'dist',
      entryFileNames: '[name].js',
      chunkFileNames: 'chunks/[name].js',
      comments: false,
    },
  },
  {
    plugins: [licenses],
    input: LAZY_LIBRARIES,
    platform: 'node',
    external: (id) => id.startsWith('node:') || FASTER_MASKING.includes(id),
    // hdr-histogram-js asks for zlib by eval.
    checks: { mixedExports: false, eval: false },
    output: {
      dir: 'dist/libraries',
      format: 'cjs',
      entryFileNames: '[name].cjs',
      chunkFileNames: '[name].cjs',
      comments: false,
      minify: true,
    },
  },
]);
