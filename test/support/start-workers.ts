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
  const server = await startCli(['--port', '0', '--workers', '2', '--scenario', 'scenario.yaml', ...args], cwd);
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
