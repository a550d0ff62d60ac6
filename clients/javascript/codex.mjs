import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Codex is asked once in a process of its own, as a script asks it. It asks by streams, whatever the probe wants. */
export default async ({ baseURL, apiKey, prompt, signal }) => {
  const home = mkdtempSync(join(tmpdir(), 'codex-'));
  mkdirSync(join(home, 'work'));
  writeFileSync(join(home, 'config.toml'), configOf(baseURL));
  const answer = join(home, 'answer');
  try {
    const args = ['exec', '--skip-git-repo-check', '--output-last-message', answer, prompt];
    const codex = spawn(join(import.meta.dirname, 'node_modules/.bin/codex'), args, {
      cwd: join(home, 'work'),
      env: { ...process.env, CODEX_HOME: home, OPENAI_API_KEY: apiKey },
      stdio: ['ignore', 'ignore', 'pipe'],
      signal,
      killSignal: 'SIGINT', // as Ctrl-C does
    });
    let told = '';
    codex.stderr.setEncoding('utf8').on('data', (text) => {
      told = (told + text).slice(-300);
    });
    const status = await new Promise((resolve, reject) => codex.once('error', reject).once('close', resolve));
    return status === 0 ? { ok: true, text: readFileSync(answer, 'utf8') } : { ok: false, error: `exit ${status}: ${told}` };
  } finally {
    rmSync(home, { recursive: true, force: true, maxRetries: 3 });
  }
};

const configOf = (baseURL) => `model = "gpt-4o"
model_provider = "mock"
[model_providers.mock]
name = "mock"
base_url = ${JSON.stringify(baseURL)}
wire_api = "responses"
env_key = "OPENAI_API_KEY"
`;
