import { spawn } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Situation, WHOLE } from './situations.ts';

interface Asked {
  readonly situation: Situation;
  readonly baseURL: string;
  /** Where Codex is installed, and works. */
  readonly folder: string;
  /** How long it waits for an event of a stream, in milliseconds; five minutes without it. */
  readonly stallTimeoutMs: number | undefined;
}

/** What `codex exec` prints: `answer`, or how it ended. */
export async function askCodex({ situation, baseURL, folder, stallTimeoutMs }: Asked): Promise<string> {
  const home = join(folder, `codex-${situation}`);
  mkdirSync(home, { recursive: true });
  const idle = stallTimeoutMs === undefined ? '' : `stream_idle_timeout_ms = ${stallTimeoutMs}\n`;
  writeFileSync(join(home, 'config.toml'), `${configOf(baseURL)}${idle}`);
  const prompt = situation === 'tool' ? 'What is your goal?' : 'Say hello';
  const codex = spawn(join(folder, 'node_modules/.bin/codex'), ['exec', '--skip-git-repo-check', prompt], {
    cwd: folder,
    env: { ...process.env, CODEX_HOME: home, OPENAI_API_KEY: 'sk-test' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let printed = '';
  codex.stdout.setEncoding('utf8').on('data', (text: string) => (printed += text));
  const status = await new Promise<number | null>((resolve) => codex.once('close', resolve));
  return printed.trim() === WHOLE ? 'answer' : `exit ${status}`;
}

/** As docs/responses.md has it. */
export function configOf(baseURL: string): string {
  return [
    'model = "gpt-5.3-codex"',
    'model_provider = "mock"',
    '[model_providers.mock]',
    'name = "mock"',
    `base_url = ${JSON.stringify(baseURL)}`,
    'wire_api = "responses"',
    'env_key = "OPENAI_API_KEY"',
    '',
  ].join('\n');
}
