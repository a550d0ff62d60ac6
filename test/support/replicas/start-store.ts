import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePorts } from '../processes/free-ports.ts';

/** The programs of Debian's packages, the first that is installed; undefined where none is: tests that need one are skipped. */
export const STORE_PROGRAM = ['valkey-server', 'redis-server'].find((program) => spawnSync(program, ['--version']).status === 0);

const CLIENT_PROGRAM = STORE_PROGRAM?.replace('-server', '-cli') ?? '';

/** Why tests are skipped, for their titles. */
export const NEEDS_STORE = STORE_PROGRAM === undefined ? ' (skipped: neither valkey-server nor redis-server is installed)' : '';

/** A store in a process of its own. */
export interface Store {
  readonly url: string;
  /** Stands still until `goOn`: it keeps what it is sent. */
  pause(): void;
  goOn(): void;
  /** Ends it at once; what it has written stays. */
  kill(): Promise<void>;
  /** Ends it, and deletes what it has written. */
  remove(): Promise<void>;
  /** Starts it anew at the same port, with what it had written. */
  restart(): Promise<void>;
  /** Runs one command. */
  command(...words: string[]): Promise<string>;
}

/** Starts a store that writes all it is told to a folder. `flags`: further ones. To be ended by `remove`. */
export async function startStore(...flags: readonly string[]): Promise<Store> {
  const [port = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), 'mock-openai-store-'));
  let child = await run(port, folder, flags);
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void child.kill('SIGSTOP'),
    goOn: () => void child.kill('SIGCONT'),
    kill: () => ended(child),
    async remove() {
      await ended(child);
      rmSync(folder, { recursive: true, force: true });
    },
    async restart() {
      child = await run(port, folder, flags);
    },
    command: async (...words) => spawnSync(CLIENT_PROGRAM, ['-p', String(port), ...words], { encoding: 'utf8' }).stdout,
  };
}

async function run(port: number, folder: string, flags: readonly string[]): Promise<ChildProcess> {
  const args = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'yes', '--appendfsync', 'always'];
  const child = spawn(STORE_PROGRAM ?? '', [...args, '--dir', folder, ...flags], { stdio: ['ignore', 'pipe', 'ignore'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    child.stdout.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('Ready to accept connections')) resolve();
    });
    child.once('exit', () => reject(new Error(`the store ended: ${said}`)));
  });
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await over;
}
