import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';
import { MAIN } from '../../support/run-cli.ts';

/*
 * As much of the API of a container engine as Testcontainers asks of it. A container of the image `mock-openai` is a process of the
 * program that the image has. There is no other image.
 */

interface Created {
  readonly Cmd?: readonly string[] | null;
  readonly Env?: readonly string[] | null;
  readonly Labels?: Readonly<Record<string, string>> | null;
}

interface Container {
  readonly created: Created;
  readonly process?: ChildProcess;
  readonly port?: string;
}

interface Asked {
  readonly method: string;
  /** Without the version that it begins with. */
  readonly path: string;
  readonly body: string;
}

type Answer = readonly [status: number, body: unknown];

const NOT_FOUND: Answer = [404, { message: 'No such thing' }];
const DONE: Answer = [204, undefined];
const IMAGE = { Id: 'sha256:0', RepoTags: ['mock-openai:latest'], Config: {}, Os: 'linux', Architecture: 'amd64' };
const BRIDGE = {
  Id: 'bridge',
  Name: 'bridge',
  Driver: 'bridge',
  Labels: {},
  IPAM: { Config: [{ Subnet: '172.17.0.0/16', Gateway: '172.17.0.1' }] },
};
const ABOUT = {
  ApiVersion: '1.44',
  MinAPIVersion: '1.24',
  Version: '27.0.0',
  Os: 'linux',
  Arch: 'amd64',
  Platform: { Name: 'processes' },
  Components: [],
};
const INFO = { ID: 'engine', ServerVersion: '27.0.0', OperatingSystem: 'Linux', OSType: 'linux', MemTotal: 2 ** 33, Labels: [] };

/** Starts an engine, which ends with the test. Returns the address that clients take as `DOCKER_HOST`. */
export async function startContainerEngine(): Promise<string> {
  const containers = new Map<string, Container>();
  const server = createServer((request, response) => void serve(containers, request, response));
  await once(server.listen(0, '127.0.0.1'), 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
    for (const { process } of containers.values()) process?.kill('SIGKILL');
  });
  return `tcp://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function serve(containers: Map<string, Container>, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let body = '';
  for await (const piece of request.setEncoding('utf8')) body += piece;
  const path = new URL(request.url ?? '/', 'http://engine').pathname.replace(/^\/v[\d.]+\//, '/');
  const [status, answer] = await answerTo(containers, { method: request.method ?? 'GET', path, body });
  response.setHeader('api-version', ABOUT.ApiVersion);
  response.writeHead(status, answer === undefined ? {} : { 'content-type': 'application/json' });
  response.end(answer === undefined || request.method === 'HEAD' ? undefined : JSON.stringify(answer));
}

async function answerTo(containers: Map<string, Container>, { method, path, body }: Asked): Promise<Answer> {
  const [, kind, id = '', action = ''] = path.split('/');
  if (kind === '_ping') return [200, undefined];
  if (kind === 'version') return [200, ABOUT];
  if (kind === 'info') return [200, INFO];
  if (kind === 'images') return imagesAnswer(path);
  if (kind === 'networks') return id === '' ? [200, [BRIDGE]] : [200, BRIDGE];
  if (kind !== 'containers') return NOT_FOUND;
  if (id === 'json') return [200, []];
  if (id === 'create') {
    const name = (containers.size + 1).toString(16).padStart(64, '0');
    containers.set(name, { created: JSON.parse(body) as Created });
    return [201, { Id: name, Warnings: [] }];
  }
  const container = containers.get(id);
  if (container === undefined) return NOT_FOUND;
  if (action === 'start') containers.set(id, await started(container));
  else if (action === 'json') return [200, inspected(id, container)];
  else if (action === 'logs' || action === 'wait') return [200, undefined];
  else if (action === 'stop' || action === 'kill' || method === 'DELETE') container.process?.kill('SIGKILL');
  return DONE;
}

function imagesAnswer(path: string): Answer {
  if (path === '/images/json') return [200, [IMAGE]];
  return /^\/images\/mock-openai(?::latest)?\/json$/.test(path) ? [200, IMAGE] : NOT_FOUND;
}

/** Its own port is any that is free, which is the published one. It listens on loopback alone, as nothing else is to reach it. */
async function started({ created }: Container): Promise<Container> {
  const args = (created.Cmd ?? []).map((arg) => (arg === '0.0.0.0' ? '127.0.0.1' : arg));
  const env = Object.fromEntries((created.Env ?? []).map((line) => line.split(/=(.*)/s).slice(0, 2)));
  const child = spawn(process.execPath, [MAIN, ...args, '--port', '0'], {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [first] = (await once(child.stdout.setEncoding('utf8'), 'data')) as [string];
  return { created, process: child, port: new URL(first.split('\n', 1)[0] ?? '').port };
}

function inspected(id: string, { created, process: child, port }: Container): unknown {
  const isRunning = child !== undefined && child.exitCode === null && child.signalCode === null;
  const at = new Date(0).toISOString();
  const ports = port === undefined ? {} : { '8080/tcp': [{ HostIp: '127.0.0.1', HostPort: port }] };
  const network = { NetworkID: 'bridge', Gateway: '172.17.0.1', IPAddress: '172.17.0.2', Aliases: [] };
  const status = isRunning ? 'running' : 'exited';
  return {
    Id: id,
    Name: `/${id.slice(-12)}`,
    Created: at,
    Image: IMAGE.Id,
    State: { Status: status, Running: isRunning, ExitCode: 0, StartedAt: at, FinishedAt: at, OOMKilled: false, Dead: false },
    Config: {
      Image: 'mock-openai',
      Hostname: id.slice(0, 12),
      Labels: created.Labels ?? {},
      Env: created.Env ?? [],
      Cmd: created.Cmd,
    },
    HostConfig: { NetworkMode: 'bridge', PortBindings: {}, AutoRemove: false },
    NetworkSettings: { Ports: ports, Networks: { bridge: network } },
    Mounts: [],
  };
}
