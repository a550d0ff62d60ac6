import { spawn } from 'node:child_process';

/** Where a program runs, and what it is told. */
interface Surroundings {
  readonly cwd: string;
  readonly env: NodeJS.ProcessEnv;
}

/** What a program says that its clients saw: of each `SEEN ["client","situation","what"]` that it prints. Throws an Error when it ends badly. */
export async function seenBy(
  command: string,
  file: string,
  { cwd, env }: Surroundings,
): Promise<(readonly [client: string, situation: string, saw: string])[]> {
  const child = spawn(command, [file], { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const status = await new Promise<number | null>((resolve) => child.once('close', resolve));
  if (status !== 0) throw new Error(`${file} ended with ${status}: ${said.slice(-2_000)}`);
  return [...printed.matchAll(/^SEEN (.*)$/gm)].map(([, line = '']) => JSON.parse(line) as [string, string, string]);
}
