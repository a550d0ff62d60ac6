import { messageOf } from '../core/text/message-of.ts';
import { REDIS_CLIENTS } from './redis-clients.ts';
import type { ConnectToStore } from './store-connection.ts';
import { StoreError, StoreUsageError } from './store-error.ts';

const SCHEMES: ReadonlySet<string> = new Set(['redis:', 'rediss:']);

/** How to connect to the store at a URL, by the first client library that is installed. Throws a StoreError where there is none. */
export async function connectToStore(url: string): Promise<ConnectToStore> {
  if (!URL.canParse(url) || !SCHEMES.has(new URL(url).protocol))
    throw new StoreUsageError(
      `--store takes the URL of a Redis or a Valkey, such as redis://127.0.0.1:6379/0; found ${shown(url)}`,
    );
  for (const [name, client] of REDIS_CLIENTS) {
    const library = await load(name);
    if (library === undefined) continue;
    const connect = client(library, url);
    return async () => {
      try {
        return await connect();
      } catch (error) {
        throw new StoreError(`the store at ${shown(url)} cannot be reached: ${messageOf(error) || 'no connection'}`);
      }
    };
  }
  const names = [...REDIS_CLIENTS.keys()].join(', ');
  throw new StoreError(`--store needs a client of Redis, and none is installed: npm install @redis/client (known: ${names})`);
}

/** The URL without its password. */
export function shown(url: string): string {
  if (!URL.canParse(url)) return JSON.stringify(url);
  const { protocol, host, pathname } = new URL(url);
  return host === '' ? JSON.stringify(url) : `${protocol}//${host}${pathname}`;
}

/** Undefined where it is not installed. */
async function load(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND') return undefined;
    throw error;
  }
}
