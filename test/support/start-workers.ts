import { afterAll, beforeAll } from 'vitest';
import { type RunningServer, startCli } from './run-cli.ts';
import { tempFolder } from './temp-folder.ts';

/** A server of several processes, and ways to use it. */
export interface Workers extends RunningServer {
  readonly firstLine: string;
  readonly baseURL: string;
  readonly apiKey: string;
  readonly port: number;
  /** A request to the admin API; the answer as JSON. */
  admin<T = Record<string, never>>(path: string, init?: RequestInit): Promise<T>;
}

/** Starts `serve --workers 2` under a scenario; it ends when the test is over. */
export async function startWorkers(scenario: string, args: readonly string[] = []): Promise<Workers> {
  const cwd = tempFolder({ 'scenario.yaml': scenario });
  return workersOf(await startCli([...WORKERS, '--scenario', 'scenario.yaml', ...args], cwd));
}

/** One server for all tests of a file, for each start costs three processes. Returns what puts it under the scenario of a test. */
export function sharedWorkers(): (scenario: string) => Promise<Workers> {
  let shared: Workers | undefined;
  const ends: (() => void)[] = [];
  beforeAll(async () => {
    shared = workersOf(await startCli(WORKERS, undefined, undefined, (end) => ends.push(end)));
  });
  afterAll(() => {
    for (const end of ends) end();
  });
  return async (scenario) => {
    if (shared === undefined) throw new Error('the workers start before the first test');
    await shared.admin('/__admin/sessions', { method: 'DELETE' });
    await shared.admin('/__admin/scenario', { method: 'PUT', body: scenario });
    await shared.admin('/__admin/reset', { method: 'POST' });
    return shared;
  };
}

const WORKERS = ['--port', '0', '--workers', '2'];

function workersOf(server: RunningServer & { readonly firstLine: string }): Workers {
  const { origin, port } = new URL(server.firstLine);
  return {
    ...server,
    baseURL: server.firstLine,
    apiKey: 'sk-test-0123456789',
    port: Number(port),
    async admin(path, init) {
      const response = await fetch(origin + path, init);
      if (!response.ok) throw new Error(`${response.status}: ${await response.text()}`);
      return response.json() as never;
    },
  };
}
