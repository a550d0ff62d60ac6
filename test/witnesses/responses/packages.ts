import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What is installed from npm: a version, or another name of a package with its version. */
const NPM = {
  ai: '7.0.173',
  '@ai-sdk/openai': '4.0.118',
  '@langchain/core': '1.4.0',
  '@langchain/openai': '1.6.0',
  '@openai/agents': '0.20.0',
  '@openai/codex': '0.171.0',
  openai: '7.59.0',
  openai6: 'npm:openai@6.49.0',
  zod: '4.6.7',
};

/** What is installed from PyPI. */
const PYPI = {
  litellm: '1.110.2',
  'langchain-openai': '1.7.4',
  openai: '3.57.0',
  'openai-agents': '0.24.0',
  'pydantic-ai-slim[openai]': '2.68.0',
};

export type NpmName = keyof typeof NPM;
export type PypiName = keyof typeof PYPI;

export const npmVersion = (name: NpmName): string => NPM[name].slice(NPM[name].lastIndexOf('@') + 1);
export const pypiVersion = (name: PypiName): string => PYPI[name];

/** Installs the packages of npm. Returns why that is not possible: no registry answers. Throws an Error when it fails otherwise. */
export async function installFromNpm(folder: string): Promise<string | undefined> {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  if (!(await succeeds('npm', ['view', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', `ai@${NPM.ai}`, 'version'])))
    return 'no registry of npm answers';
  const packages = Object.entries(NPM).map(([name, version]) => `${name}@${version}`);
  await run('npm', ['install', '--no-audit', '--no-fund', ...packages], { cwd: folder });
  return undefined;
}

/** Installs the packages of PyPI into an environment of their own. Returns why that is not possible, as `installFromNpm` does. */
export async function installFromPypi(folder: string): Promise<string | undefined> {
  if (!(await succeeds('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'])))
    return 'there is no Python 3.11 with venv';
  await run('python3', ['-m', 'venv', folder]);
  const pip = [pythonOf(folder), '-m', 'pip', '--disable-pip-version-check'] as const;
  const [python, ...args] = pip;
  if (!(await succeeds(python, [...args, 'download', '--retries', '1', '--no-deps', '--dest', folder, `openai==${PYPI.openai}`])))
    return 'no registry of Python answers';
  const packages = Object.entries(PYPI).map(([name, version]) => `${name}==${version}`);
  // What is compiled ahead is never used: each program runs once.
  await run(python, [...args, 'install', '--quiet', '--no-compile', ...packages], { cwd: folder });
  return undefined;
}

export const pythonOf = (folder: string): string => join(folder, 'bin/python');

async function succeeds(program: string, args: readonly string[]): Promise<boolean> {
  return run(program, [...args]).then(
    () => true,
    () => false,
  );
}
