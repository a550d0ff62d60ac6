import { lazily } from './load.ts';

/** What is used of autocannon, which has no types. */
type Autocannon = (options: AutocannonOptions, whenOver: () => void) => { stop(): void };

interface AutocannonOptions {
  readonly url: string;
  readonly connections: number;
  /** In seconds. */
  readonly duration: number;
  /** In milliseconds. */
  readonly sampleInt: number;
  /** Called with each connection before it asks. */
  setupClient(connection: { setRequests(requests: readonly object[]): void }): void;
}

const autocannon = lazily<Autocannon>('#libraries/autocannon');

export interface HammerOptions {
  /** Followed by the path of each connection. */
  readonly url: string;
  readonly connections: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** How long, in milliseconds. */
  readonly ms: number;
  /** The path of a connection, which are numbered from 1. */
  pathOf(connection: number): string;
}

/** Connections at work. */
export interface Hammering {
  /** Resolves when nothing more is sent. */
  readonly over: Promise<void>;
  stop(): void;
}

/** How often it looks whether it is to stop, in milliseconds. */
const SAMPLE_MS = 100;

/** POSTs over each of the connections, and again as soon as an answer has come, whatever it says; a broken connection is opened anew. */
export function hammer({ url, connections, headers, body, ms, pathOf }: HammerOptions): Hammering {
  const { pathname } = new URL(url);
  let started = 0;
  const setupClient: AutocannonOptions['setupClient'] = (connection) => {
    started += 1;
    connection.setRequests([{ method: 'POST', path: `${pathname}${pathOf(started)}`, headers: { ...headers }, body }]);
  };
  let stop = (): void => undefined;
  const over = new Promise<void>((resolve) => {
    const options = { url, connections, duration: ms / 1_000, sampleInt: SAMPLE_MS, setupClient };
    const running = autocannon()(options, resolve);
    stop = () => running.stop();
  });
  return { over, stop };
}
