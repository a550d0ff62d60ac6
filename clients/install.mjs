import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const DRIVE = pathToFileURL(join(here, 'drive.mjs')).href;

/** Installs a client into a folder of its own, unless it is there. Returns the module for `probe --client`. */
export async function install(client, home) {
  const { id, npm, pip, go } = client;
  const folder = join(home, id);
  const entry = join(folder, 'client.mjs');
  const stamp = join(
    folder,
    `installed-${Buffer.from(JSON.stringify([npm, pip, go]))
      .toString('base64url')
      .slice(0, 60)}`,
  );
  if (!existsSync(stamp)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    if (npm !== undefined) await installFromNpm(folder, npm);
    else if (pip !== undefined) await installFromPypi(folder, pip);
    else await buildGo(folder, client);
    writeFileSync(stamp, '');
  }
  const driven = (command) =>
    `import { drive } from ${JSON.stringify(DRIVE)};\nexport default await drive(${JSON.stringify(command)});\n`;
  if (npm !== undefined) {
    cpSync(join(here, 'javascript'), folder, { recursive: true });
    writeFileSync(entry, `export { default } from './${client.module}';\n`);
  } else if (pip !== undefined)
    writeFileSync(entry, driven([join(folder, 'bin/python'), join(here, 'python/client.py'), client.program]));
  else writeFileSync(entry, driven([join(folder, 'client')]));
  return entry;
}

async function installFromNpm(folder, packages) {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  await run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...packages], { cwd: folder });
}

async function installFromPypi(folder, packages) {
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin/pip'), ['--disable-pip-version-check', 'install', '--quiet', ...packages]);
}

async function buildGo(folder, { id, go }) {
  cpSync(join(here, 'go/serve.go'), join(folder, 'serve.go'));
  cpSync(join(here, 'go', id, 'ask.go'), join(folder, 'ask.go'));
  await run('go', ['mod', 'init', 'example.com/client'], { cwd: folder });
  await run('go', ['get', go], { cwd: folder });
  await run('go', ['mod', 'tidy'], { cwd: folder });
  await run('go', ['build', '-o', 'client', '.'], { cwd: folder });
}
