import { connect } from 'node:net';
import { isLoopback } from '../../server/admin/admin-guard.ts';
import { UsageError } from './usage-error.ts';

const PATIENCE_MS = 3_000;

/**
 * The address of `--through`, without a slash at its end. Throws a UsageError when it is no address of HTTP, when it is the mock's own, when
 * nobody listens there, or when its gateway cannot know where the mock is.
 */
export async function reachableGateway(given: string, port: number | undefined): Promise<string> {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol))
    throw new UsageError(`--through takes the base URL of a gateway, such as http://127.0.0.1:4000/v1, found "${given}"`);
  if (port === undefined || port === 0)
    throw new UsageError('--through goes with --port 8081: the gateway has to know where its upstream, the mock, is');
  const host = url.hostname.replace(/^\[(.*)\]$/, '$1');
  const gatewayPort = Number(url.port) || (url.protocol === 'https:' ? 443 : 80);
  if (gatewayPort === port && (isLoopback(host) || host === '0.0.0.0'))
    throw new UsageError(
      `--through ${given} is the mock itself, which listens on --port ${port}; give the address of the gateway`,
    );
  const problem = await whyUnreachable(host, gatewayPort);
  if (problem !== undefined)
    throw new UsageError(
      `cannot reach the gateway of --through ${given}: ${problem}. Start it first, with http://127.0.0.1:${port}/v1 as its upstream`,
    );
  return given.replace(/\/$/, '');
}

/** Why no connection can be opened there; undefined where one can. */
async function whyUnreachable(host: string, port: number): Promise<string | undefined> {
  return await new Promise((resolve) => {
    const socket = connect({ host, port, timeout: PATIENCE_MS });
    const end = (problem: string | undefined) => {
      socket.destroy();
      resolve(problem);
    };
    socket.once('connect', () => end(undefined));
    socket.once('timeout', () => end(`no answer within ${PATIENCE_MS / 1_000} s`));
    socket.once('error', (error) => end(reasonOf(error)));
  });
}

function reasonOf(error: NodeJS.ErrnoException): string {
  return REASONS[error.code ?? ''] ?? error.message;
}

const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOTFOUND: 'there is no host of that name',
  EAI_AGAIN: 'the name of the host could not be looked up',
  EHOSTUNREACH: 'there is no way to that host',
  ENETUNREACH: 'there is no way to that network',
};
