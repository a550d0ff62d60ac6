import type { Context, MiddlewareHandler } from 'hono';
import type { AdminAnswer } from '../cluster/messages.ts';
import type { Engine } from '../session/engine.ts';
import type { AdminOrder } from './replica-message.ts';

export type Ordering = Omit<AdminOrder, 'kind' | 'ref' | 'seed'>;

export interface AdminRelayParts {
  readonly engine: Engine;
  /** Has all replicas carry it out; resolves with the answer of this one. */
  order(order: Ordering): Promise<AdminAnswer>;
  /** Resolves when this replica knows what all others knew, and they know what it does. */
  settled(): Promise<void>;
}

/** Methods that only look. */
const LOOKING: ReadonlySet<string> = new Set(['GET', 'HEAD']);

/** Has all replicas do what a request to the admin API is to change. What it only looks at, this replica knows when it has heard the others. */
export function adminRelay({ engine, order, settled }: AdminRelayParts): MiddlewareHandler {
  return async (c, next) => {
    if (isOfThisReplica(c.req.path)) return next();
    if (onlyLooks(c)) {
      const made = sessionToMake(c, engine);
      if (made !== undefined) await order({ method: 'GET', url: made, headers: hostOf(c), body: new Uint8Array() });
      await settled();
      return next();
    }
    const { pathname, search } = new URL(c.req.url);
    const { status, headers, body } = await order({
      method: c.req.method,
      url: pathname + search,
      headers: [...c.req.raw.headers],
      body: new Uint8Array(await c.req.arrayBuffer()),
    });
    await settled();
    return new Response(Buffer.from(body), { status, headers: headers.map(([name, value]): [string, string] => [name, value]) });
  };
}

/** Health and metrics are asked of each replica, also while the store does not answer. */
function isOfThisReplica(path: string): boolean {
  return path === '/metrics' || path === '/__admin/health';
}

function onlyLooks({ req: { method, path } }: Context): boolean {
  return LOOKING.has(method) || (method === 'POST' && path.endsWith('/__admin/verdict'));
}

/** To look at a session that is not there makes it: what makes it in all replicas. */
function sessionToMake({ req: { path } }: Context, engine: Engine): string | undefined {
  const name = /^\/s\/([^/]+)\//.exec(path)?.[1];
  if (name === undefined || engine.findSession(decodeURIComponent(name)) !== undefined) return undefined;
  return `/s/${name}/__admin/health`;
}

function hostOf({ req }: Context): Ordering['headers'] {
  const host = req.header('host');
  return host === undefined ? [] : [['host', host]];
}
