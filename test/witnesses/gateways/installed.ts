import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { installFromNpm, installFromPypi, pythonOf } from '../installed-packages.ts';
import { GATEWAYS } from './cases.ts';

const run = promisify(execFile);

/** Installs the gateway of Portkey. Returns why that is not possible. */
export async function installPortkey(folder: string): Promise<string | undefined> {
  const { packageName, version } = GATEWAYS.portkey;
  return await installFromNpm(folder, [`${packageName}@${version}`]);
}

/** Installs LiteLLM into an environment of its own. Returns why that is not possible. */
export async function installLitellm(folder: string): Promise<string | undefined> {
  const { packageName, version } = GATEWAYS.litellm;
  const reason = await installFromPypi(folder, [`${packageName}==${version}`]);
  if (reason !== undefined) return reason;
  // What the first import compiles serves all programs.
  await run(pythonOf(folder), ['-c', 'import litellm'], { env: { ...process.env, LITELLM_LOCAL_MODEL_COST_MAP: 'True' } });
  return undefined;
}
