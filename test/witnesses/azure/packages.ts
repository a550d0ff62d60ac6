import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonOf } from '../responses/packages.ts';

const run = promisify(execFile);

const NPM = ['openai@7.59.0', 'openai6@npm:openai@6.49.0', 'ai@7.0.173', '@ai-sdk/azure@4.0.85'];
const PYPI = ['openai==3.57.0', 'langchain-openai==1.7.4', 'litellm==1.110.2'];

const succeeds = (program: string, args: readonly string[]) =>
  run(program, [...args]).then(
    () => true,
    () => false,
  );

/** Installs the clients in JavaScript. Returns why that is not possible: no registry answers. */
export async function installJavaScriptClients(folder: string): Promise<string | undefined> {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  const [first = ''] = NPM;
  if (!(await succeeds('npm', ['view', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', first, 'version'])))
    return 'no registry of npm answers';
  await run('npm', ['install', '--no-audit', '--no-fund', ...NPM], { cwd: folder });
  return undefined;
}

/** Installs the clients in Python into an environment of their own. Returns why that is not possible. */
export async function installPythonClients(folder: string): Promise<string | undefined> {
  if (!(await succeeds('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'])))
    return 'there is no Python 3.11 with venv';
  await run('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', '--disable-pip-version-check'];
  const [first = ''] = PYPI;
  const download = [...pip, 'download', '--quiet', '--retries', '1', '--no-deps', '--dest', folder, first];
  if (!(await succeeds(pythonOf(folder), download))) return 'no registry of Python answers';
  await run(pythonOf(folder), [...pip, 'install', '--quiet', '--no-compile', ...PYPI], { cwd: folder });
  return undefined;
}
