import { execFileSync, spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { tempFolder } from './support/temp-folder.ts';

/*
 * No Docker engine is needed: the files the last stage copies are laid out as it would, with production
 * dependencies only, and the commands of the Dockerfile run there. Packages are links, which node takes for folders.
 */

const root = fileURLToPath(new URL('..', import.meta.url));
const dockerfile = readFileSync(join(root, 'Dockerfile'), 'utf8');
const lastStage = dockerfile.slice(dockerfile.lastIndexOf('\nFROM '));

/** The JSON array after an instruction. */
function words(instruction: RegExp): string[] {
  return JSON.parse(instruction.exec(lastStage)?.[1] ?? '[]');
}

/** The root of the image, as a folder. */
function layOut(): string {
  const folder = tempFolder();
  const [home = '', workdir = ''] = [...lastStage.matchAll(/^WORKDIR (\S+)$/gm)].map(([, path]) => path ?? '');
  const image = join(folder, home);
  mkdirSync(image, { recursive: true });
  mkdirSync(join(folder, workdir), { recursive: true });
  const copied = [...lastStage.matchAll(/^COPY (?:--from=build )?(\S+) \S+$/gm)].map(([, source]) =>
    (source ?? '').replace('/app/', ''),
  );
  expect(copied.sort()).toEqual(['dist', 'node_modules', 'package.json', 'scenarios']);
  for (const name of copied.filter((other) => other !== 'node_modules'))
    cpSync(join(root, name), join(image, name), { recursive: true });
  const listed = execFileSync('npm', ['ls', '--omit=dev', '--all', '--parseable'], { cwd: root, encoding: 'utf8' });
  for (const path of listed.trim().split('\n')) {
    const name = relative(root, path);
    // Packages within packages come with the link to the outer one.
    if (name.lastIndexOf('node_modules') !== 0) continue;
    mkdirSync(dirname(join(image, name)), { recursive: true });
    symlinkSync(path, join(image, name));
  }
  return folder;
}

/** Starts the image, its paths taken as those of the folder, and waits for its first line. */
async function startImage(folder: string, flags: readonly string[]) {
  const [, main = '', ...entry] = words(/^ENTRYPOINT (\[.*\])$/m);
  const args = [join(folder, main), ...entry, ...words(/^CMD (\[.*\])$/m), ...flags];
  const child = spawn(process.execPath, args, {
    cwd: join(folder, /^[\s\S]*^WORKDIR (\S+)$/m.exec(lastStage)?.[1] ?? ''),
    env: { PATH: process.env['PATH'], NODE_OPTIONS: '--preserve-symlinks --preserve-symlinks-main' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const first = await new Promise<string>((resolve) => child.stdout.once('data', (data: Buffer) => resolve(String(data))));
  return { child, ended, first };
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

test('the image is built in two stages, runs without root, and copies nothing that is not there', () => {
  expect(dockerfile.match(/^FROM /gm)).toHaveLength(2);
  expect(lastStage).toMatch(/^USER 1000:1000$/m);
  expect(lastStage).toMatch(/^EXPOSE 8080$/m);
  const sources = [...dockerfile.matchAll(/^COPY (?!--from)(.+) \S+$/gm)].flatMap(([, list]) => (list ?? '').split(' '));
  expect(sources.length).toBeGreaterThan(4);
  for (const source of sources) expect(existsSync(join(root, source)), source).toBe(true);
});

test('entrypoint, health check and signals work with production dependencies only', async () => {
  const folder = layOut();
  expect(existsSync(join(folder, 'opt/mock-openai/node_modules/zod'))).toBe(true);
  expect(existsSync(join(folder, 'opt/mock-openai/node_modules/vitest'))).toBe(false);
  const port = await freePort();
  const { child, ended, first } = await startImage(folder, ['--port', String(port), '--scenario', 'slow', '--json']);
  expect(JSON.parse(first)).toMatchObject({
    event: 'listening',
    scenario: 'slow',
    admin_url: null,
  });

  const [node, ...check] = words(/^HEALTHCHECK [\s\S]*?CMD (\[.*\])$/m);
  expect(node).toBe('node');
  const healthy = (at: number) => {
    const args = check.map((word) => word.replace(':8080', `:${at}`));
    return new Promise((resolve) => spawn(process.execPath, args).once('close', resolve));
  };
  expect(await healthy(port)).toBe(0);
  expect(await healthy(await freePort())).toBe(1);

  child.kill('SIGTERM');
  expect(await ended).toBe(0);
}, 60_000);

test('a folder mounted on /app/scenarios stands beside the bundled scenarios', async () => {
  const folder = layOut();
  mkdirSync(join(folder, 'app/scenarios'));
  writeFileSync(join(folder, 'app/scenarios/mine.yaml'), 'name: mine\nrules: []\n');
  for (const name of ['mine', 'flaky']) {
    const { first } = await startImage(folder, ['--port', '0', '--json', '--scenario', name]);
    expect(JSON.parse(first)).toMatchObject({ event: 'listening', scenario: name });
  }
}, 60_000);

test('the build stage has all that the bundle is made of', () => {
  const stage = dockerfile.slice(0, dockerfile.length - lastStage.length);
  const folder = tempFolder();
  for (const [, names = ''] of stage.matchAll(/^COPY (.+) \S+$/gm))
    for (const name of names.split(' ')) cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  execFileSync('npm', ['run', '--silent', 'bundle'], { cwd: folder, stdio: 'pipe' });
  for (const file of ['cli/main.js', 'live-page.html', 'index.js'])
    expect(existsSync(join(folder, 'dist', file)), file).toBe(true);
});
