import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pinned } from './pin.mjs';
import { subjects } from './subjects.mjs';

const CLI = fileURLToPath(new URL('../dist/cli/main.js', import.meta.url));
const PROCESS = fileURLToPath(new URL('subject-process.mjs', import.meta.url));
const USAGE = new URL('usage.mjs', import.meta.url).href;

/** Starts a server in a process of its own, on the first core. */
export async function startSubject(name) {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const { execPath, execArgv = [] } = pinned(0);
  const child = fork(...programOf(name, folder), {
    ...(execPath !== undefined && { execPath }),
    execArgv: [...execArgv, '--import', USAGE],
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  let errors = '';
  child.stderr.on('data', (text) => {
    errors += text;
  });
  const failed = once(child, 'exit').then(() => {
    throw new Error(`${name} did not start\n${errors}`);
  });
  failed.catch(() => undefined);
  const [line] = await Promise.race([once(child.stdout, 'data'), failed]);
  rmSync(folder, { recursive: true });
  return {
    name,
    origin: new URL(String(line).trim()).origin,
    /** CPU time of the process so far, in microseconds, and its memory in bytes. */
    async usage() {
      const answered = once(child, 'message');
      child.send('usage');
      const [usage] = await answered;
      return usage;
    },
    stop: () => child.disconnect(),
  };
}

/** The program and its arguments. */
function programOf(name, folder) {
  const { scenario, tls = false } = subjects[name];
  if (scenario === undefined) return [PROCESS, [name]];
  const isNamed = typeof scenario === 'string';
  const file = isNamed ? scenario : join(folder, 'scenario.yaml');
  if (!isNamed) writeFileSync(file, JSON.stringify(scenario));
  return [CLI, ['serve', '--port', '0', '--quiet', '--scenario', file, ...(tls ? ['--tls'] : [])]];
}
