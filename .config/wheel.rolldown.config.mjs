/*
 * The program as the wheel of pytest-mock-openai has it: with all of its libraries, for there is no npm where it goes.
 */
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleInto, PROGRAMS } from './bundle.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

const PROGRAM = 'integrations/pytest/src/pytest_mock_openai/program';
/** Loaded by its name when it is first used. */
const FAKER = join(PROGRAM, 'node_modules/@faker-js/faker');

const { name, version, license, imports } = JSON.parse(readFileSync('package.json', 'utf8'));
const writeJson = (path, value) => writeFileSync(path, `${JSON.stringify(value, null, 2)}\n`);

rmSync(PROGRAM, { recursive: true, force: true });
mkdirSync(FAKER, { recursive: true });
writeJson(join(PROGRAM, 'package.json'), { name, version, license, type: 'module', imports });
writeJson(join(FAKER, 'package.json'), { name: '@faker-js/faker', type: 'module', exports: { './locale/en': './locale-en.js' } });
for (const folder of ['scenarios', 'schemas']) cpSync(folder, join(PROGRAM, folder), { recursive: true });
cpSync('LICENSE', join(PROGRAM, 'LICENSE'));

const licenses = thirdPartyLicenses(join(PROGRAM, 'THIRD-PARTY-LICENSES.txt'));

export default [
  ...bundleInto(join(PROGRAM, 'dist'), { entries: PROGRAMS, external: (id) => id.startsWith('node:'), licenses }),
  {
    plugins: [licenses],
    input: { 'locale-en': '@faker-js/faker/locale/en' },
    platform: 'node',
    output: { dir: FAKER, entryFileNames: '[name].js', comments: false, minify: true },
  },
];
