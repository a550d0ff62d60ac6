import { execFile } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const run = promisify(execFile);
const here = import.meta.dirname;
const DRIVE = pathToFileURL(join(here, 'drive.mjs')).href;

/** By where the packages come from: how they are installed into the folder of a client, and the module that `probe` asks. */
const INSTALLERS = {
  npm: { install: installFromNpm, module: ({ program }) => `export { default } from './${program}.mjs';\n` },
  pip: {
    install: installFromPypi,
    module: ({ program }, folder) => driven([join(folder, 'bin/python'), join(here, 'python/client.py'), program]),
  },
  go: { install: buildGo, module: (_, folder) => driven([join(folder, 'client')]) },
  maven: { install: buildJava, module: (_, folder) => driven(['java', '-cp', classPath(folder), 'Serve']) },
  cargo: { install: buildRust, module: ({ id }, folder) => driven([join(targetOf(folder), 'debug', `${id}-client`)]) },
};

/** What is installed of a client, the client itself first. */
export const packagesOf = (client) => [client[sourceOf(client)]].flat();

/**
 * Installs a client into a folder of its own, unless it is there. Returns what `probe` asks: a module, or the command of a client
 * that is a process for each call.
 */
export async function install(client, home) {
  const folder = join(home, client.id);
  const entry = join(folder, 'client.mjs');
  const { install: make, module } = INSTALLERS[sourceOf(client)];
  const stamp = join(folder, `installed-${Buffer.from(packagesOf(client).join(' ')).toString('base64url').slice(0, 120)}`);
  if (!existsSync(stamp)) {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder, { recursive: true });
    await make(folder, client);
    writeFileSync(stamp, '');
  }
  if (client.command !== undefined) {
    cpSync(join(here, 'cli'), folder, { recursive: true });
    return ['--command', `sh '${join(folder, client.command)}'`];
  }
  if (client.npm !== undefined) cpSync(join(here, 'javascript'), folder, { recursive: true });
  writeFileSync(entry, module(client, folder));
  return ['--client', entry];
}

function sourceOf(client) {
  return Object.keys(INSTALLERS).find((source) => client[source] !== undefined);
}

function driven(command) {
  return `import { drive } from ${JSON.stringify(DRIVE)};\nexport default await drive(${JSON.stringify(command)});\n`;
}

async function installFromNpm(folder, { npm }) {
  writeFileSync(join(folder, 'package.json'), '{ "type": "module", "private": true }\n');
  await run('npm', ['install', '--no-audit', '--no-fund', '--silent', ...npm], { cwd: folder });
}

async function installFromPypi(folder, { pip }) {
  await run('python3', ['-m', 'venv', folder]);
  await run(join(folder, 'bin/pip'), ['--disable-pip-version-check', 'install', '--quiet', ...pip]);
}

async function buildGo(folder, { program, go }) {
  cpSync(join(here, 'go/serve.go'), join(folder, 'serve.go'));
  cpSync(join(here, 'go', program, 'ask.go'), join(folder, 'ask.go'));
  await run('go', ['mod', 'init', 'example.com/client'], { cwd: folder });
  await run('go', ['get', go], { cwd: folder });
  await run('go', ['mod', 'tidy'], { cwd: folder });
  await run('go', ['build', '-o', 'client', '.'], { cwd: folder });
}

async function buildJava(folder, { program, maven }) {
  const dependencies = [...maven, 'com.google.code.gson:gson:2.14.0'].map((coordinates) => {
    const [group, artifact, version] = coordinates.split(':');
    return `<dependency><groupId>${group}</groupId><artifactId>${artifact}</artifactId><version>${version}</version></dependency>`;
  });
  const pom = `<project xmlns="http://maven.apache.org/POM/4.0.0"><modelVersion>4.0.0</modelVersion>
<groupId>com.example</groupId><artifactId>client</artifactId><version>1</version>
<dependencies>${dependencies.join('')}</dependencies></project>\n`;
  writeFileSync(join(folder, 'pom.xml'), pom);
  await run('mvn', ['--quiet', '--batch-mode', 'dependency:copy-dependencies', '-DoutputDirectory=lib'], { cwd: folder });
  const sources = [join(here, 'java/Serve.java'), join(here, 'java', program, 'Ask.java')];
  await run('javac', ['-d', folder, '-cp', classPath(folder), ...sources]);
}

function classPath(folder) {
  return `${folder}:${join(folder, 'lib/*')}`;
}

/** Not optimised: a call takes a millisecond either way, and the build half the time. What crates share is built once. */
async function buildRust(folder, { id, program, cargo }) {
  await run('cargo', ['init', '--quiet', '--vcs', 'none', '--name', `${id}-client`], { cwd: folder });
  const around = ['tokio@1 --features full', 'serde@1 --features derive', 'serde_json@1'];
  for (const each of [...cargo, ...around]) await run('cargo', ['add', '--quiet', ...each.split(' ')], { cwd: folder });
  cpSync(join(here, 'rust/main.rs'), join(folder, 'src/main.rs'));
  cpSync(join(here, 'rust', program, 'ask.rs'), join(folder, 'src/ask.rs'));
  await run('cargo', ['build', '--quiet'], { cwd: folder, env: { ...process.env, CARGO_TARGET_DIR: targetOf(folder) } });
}

function targetOf(folder) {
  return join(folder, '../rust-target');
}
