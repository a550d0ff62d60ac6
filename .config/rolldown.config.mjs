/*
 * The package of npm. The dependencies of package.json stay outside; other libraries are development dependencies, and what
 * is used of them goes into dist/.
 */
import { readFileSync, rmSync } from 'node:fs';
import { bundleInto, PROGRAMS } from './bundle.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

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

/** Set-up files are run, and give nothing. */
const withoutTypes = (fileName) => ({
  name: 'without-types',
  generateBundle() {
    this.emitFile({ type: 'asset', fileName, source: 'export {};\n' });
  },
});

export default [
  ...bundleInto('dist', {
    entries: [...PROGRAMS, 'index', 'vitest', 'vitest-setup', 'jest'],
    external,
    licenses: thirdPartyLicenses('dist/THIRD-PARTY-LICENSES.txt'),
    plugins: [forRequire, withoutTypes('vitest-setup.d.ts')],
  }),
  {
    plugins: [withoutTypes('jest-setup.d.cts')],
    input: { 'jest-setup': 'src/jest-setup.ts' },
    platform: 'node',
    output: { dir: 'dist', format: 'cjs', entryFileNames: '[name].cjs', comments: false },
  },
];
