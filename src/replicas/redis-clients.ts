import type { ConnectToStore, StoreConnection, Word } from './store-connection.ts';

/** Time for a connection to be opened. */
const CONNECT_MS = 2_000;

/** A client library as a way to connect to the store at a URL. */
export type RedisClient = (library: unknown, url: string) => ConnectToStore;

/** What is used of `@redis/client`. */
interface NodeRedis {
  readonly RESP_TYPES: { readonly BLOB_STRING: number; readonly SIMPLE_STRING: number };
  createClient(options: object): NodeRedisClient;
}

interface NodeRedisClient {
  on(event: 'error', listener: () => void): void;
  connect(): Promise<unknown>;
  withTypeMapping(mapping: object): Pick<NodeRedisClient, 'sendCommand'>;
  sendCommand(words: readonly Word[]): Promise<unknown>;
  destroy(): void;
}

/** What is used of `ioredis`, and of `iovalkey`, which has the same. */
interface IoRedis {
  readonly Redis: new (url: string, options: object) => IoRedisClient;
}

interface IoRedisClient {
  on(event: 'error', listener: () => void): void;
  connect(): Promise<unknown>;
  callBuffer(command: Word, ...words: readonly Word[]): Promise<unknown>;
  disconnect(): void;
}

function nodeRedis(library: unknown, url: string): ConnectToStore {
  const { createClient, RESP_TYPES } = library as NodeRedis;
  return async (): Promise<StoreConnection> => {
    const client = createClient({
      url,
      RESP: 2,
      disableOfflineQueue: true,
      disableClientInfo: true,
      // Each would cost a signal: what takes too long is watched for all.
      commandOptions: { timeout: undefined },
      socket: { reconnectStrategy: false, connectTimeout: CONNECT_MS },
    });
    // What breaks is heard of by what was sent.
    client.on('error', () => undefined);
    await client.connect();
    const inBytes = client.withTypeMapping({ [RESP_TYPES.BLOB_STRING]: Buffer, [RESP_TYPES.SIMPLE_STRING]: Buffer });
    return {
      send: (command) => inBytes.sendCommand(command),
      end: () => endQuietly(() => client.destroy()),
    };
  };
}

function ioRedis(library: unknown, url: string): ConnectToStore {
  const { Redis } = library as IoRedis;
  return async (): Promise<StoreConnection> => {
    const client = new Redis(url, {
      protocol: 2,
      lazyConnect: true,
      enableReadyCheck: false,
      enableOfflineQueue: false,
      maxRetriesPerRequest: 0,
      connectTimeout: CONNECT_MS,
      retryStrategy: () => null,
    });
    client.on('error', () => undefined);
    await client.connect();
    return {
      send: ([command = '', ...words]) => client.callBuffer(command, ...words),
      end: () => endQuietly(() => client.disconnect()),
    };
  };
}

/** A connection that is broken already may say so. */
function endQuietly(end: () => void): void {
  try {
    end();
  } catch {
    // It is over.
  }
}

/** The libraries that are used where they are installed, the first of them first. */
export const REDIS_CLIENTS: ReadonlyMap<string, RedisClient> = new Map([
  ['@redis/client', nodeRedis],
  ['ioredis', ioRedis],
  ['iovalkey', ioRedis],
]);
