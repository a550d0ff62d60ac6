import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** `openai@7.59.0`, `openai==3.57.0`: the first is asked for before any is installed. */
type Packages = readonly [string, ...string[]];

/** Installs packages of npm. Returns why that is not possible: no registry answers. Throws an Error when it fails otherwise. */
export async function installFromNpm(folder: string, packages: Packages): Promise<string | undefined> {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  if (!(await succeeds('npm', ['view', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', packages[0], 'version'])))
    return 'no registry of npm answers';
  await run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  return undefined;
}

/** Installs packages of PyPI into an environment of their own. Returns why that is not possible, as `installFromNpm` does. */
export async function installFromPypi(folder: string, packages: Packages): Promise<string | undefined> {
  if (!(await succeeds('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'])))
    return 'there is no Python 3.11 with venv';
  await run('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', '--disable-pip-version-check'];
  const download = [...pip, 'download', '--quiet', '--retries', '1', '--no-deps', '--dest', folder, packages[0]];
  if (!(await succeeds(pythonOf(folder), download))) return 'no registry of Python answers';
  // What is compiled ahead is never used: each program runs once.
  await run(pythonOf(folder), [...pip, 'install', '--quiet', '--no-compile', ...packages]);
  return undefined;
}

/** The interpreter of an environment. */
export const pythonOf = (folder: string): string => join(folder, 'bin/python');

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, [...args]).then(
    () => true,
    () => false,
  );
}
