import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { pythonOf } from '../responses/packages.ts';
import { GATEWAYS } from './cases.ts';

const run = promisify(execFile);

const succeeds = (program: string, args: readonly string[]) =>
  run(program, [...args]).then(
    () => true,
    () => false,
  );

/** Installs the gateway of Portkey from npm. Returns why that is not possible. Throws an Error when it fails otherwise. */
export async function installPortkey(folder: string): Promise<string | undefined> {
  const { packageName, version } = GATEWAYS.portkey;
  const wanted = `${packageName}@${version}`;
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }');
  if (!(await succeeds('npm', ['view', '--fetch-retries=1', '--fetch-retry-mintimeout=1000', wanted, 'version'])))
    return 'no registry of npm answers';
  await run('npm', ['install', '--no-audit', '--no-fund', wanted], { cwd: folder });
  return undefined;
}

/** Installs LiteLLM from PyPI into an environment of its own. Returns why that is not possible. Throws an Error when it fails otherwise. */
export async function installLitellm(folder: string): Promise<string | undefined> {
  const { packageName, version } = GATEWAYS.litellm;
  const wanted = `${packageName}==${version}`;
  if (!(await succeeds('python3', ['-c', 'import sys, venv, ensurepip; sys.exit(sys.version_info < (3, 11))'])))
    return 'there is no Python 3.11 with venv';
  await run('python3', ['-m', 'venv', folder]);
  const pip = ['-m', 'pip', '--disable-pip-version-check'];
  const download = [...pip, 'download', '--quiet', '--retries', '1', '--no-deps', '--dest', folder, wanted];
  if (!(await succeeds(pythonOf(folder), download))) return 'no registry of Python answers';
  await run(pythonOf(folder), [...pip, 'install', '--quiet', '--no-compile', wanted]);
  // What the first import compiles serves all programs.
  await run(pythonOf(folder), ['-c', 'import litellm'], { env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' } });
  return undefined;
}
