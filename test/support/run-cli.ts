import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';

/** The built command. */
export const MAIN = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

/** Where the tests were started. */
const HERE = process.cwd();

export interface CliResult {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Variables beside those of the tests themselves. */
type Variables = Readonly<Record<string, string>>;

/** Runs the command line to its end. */
export async function runCli(args: readonly string[], cwd = HERE, env: Variables = {}): Promise<CliResult> {
  const child = start(args, cwd, env);
  const code = await new Promise<number | null>((resolve) => child.process.once('close', resolve));
  return { code, ...child.output };
}

export interface RunningServer {
  readonly process: ChildProcess;
  /** What it has printed so far. */
  readonly output: { stdout: string; stderr: string };
  /** Resolves when what it prints contains the text. */
  printed(text: string): Promise<void>;
  /** Sends SIGTERM and waits for the end. */
  stop(signal?: NodeJS.Signals): Promise<CliResult>;
}

/** Starts `serve` and waits for its first line of stdout. It is killed `atEnd`: when the test is over. */
export async function startCli(
  args: readonly string[],
  cwd = HERE,
  env: Variables = {},
  atEnd: (end: () => void) => void = onTestFinished,
): Promise<RunningServer & { firstLine: string }> {
  const { process: child, output } = start(args, cwd, env);
  const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
  atEnd(() => void child.kill('SIGKILL'));
  const until = (holds: () => boolean) =>
    new Promise<void>((resolve, reject) => {
      const look = () => holds() && resolve();
      child.stdout?.on('data', look);
      child.stderr?.on('data', look);
      child.once('close', () => (holds() ? resolve() : reject(new Error(`ended early: ${output.stdout}${output.stderr}`))));
      look();
    });
  await until(() => output.stdout.includes('\n'));
  return {
    process: child,
    output,
    firstLine: output.stdout.split('\n', 1)[0] ?? '',
    printed: (text) => until(() => output.stdout.includes(text) || output.stderr.includes(text)),
    async stop(signal = 'SIGTERM') {
      child.kill(signal);
      return { code: await closed, ...output };
    },
  };
}

/** Starts the command line without waiting for anything. It is killed when the test is over. */
export function spawnCli(args: readonly string[], cwd = HERE) {
  const started = start(args, cwd);
  const closed = new Promise<number | null>((resolve) => started.process.once('close', resolve));
  onTestFinished(() => void started.process.kill('SIGKILL'));
  return { ...started, closed };
}

/** Messages are the same wherever the tests run: under CI they would show the lines of files. */
const ENVIRONMENT = { ...process.env, CI: '' };

function start(args: readonly string[], cwd: string, env: Variables = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    cwd,
    env: { ...ENVIRONMENT, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const output = { stdout: '', stderr: '' };
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    output.stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    output.stderr += text;
  });
  return { process: child, output };
}
