import { TransportError, type VirtualClient, type VirtualResponse } from '../support/virtual-world.ts';
import { readAnswer } from './good-client.ts';

/** What a careless client does, each part replaceable. */
export interface Carelessness {
  /** Attempts in all; default 3. */
  readonly attempts?: number;
  /** Milliseconds before retry `k`; default a second, doubling, without jitter. */
  wait?(k: number, response: VirtualResponse | undefined, random: () => number): number;
  retries?(response: VirtualResponse): boolean;
  /** What it makes of a success; default what a careful reader would. */
  read?(text: string): string;
  readonly body?: object;
  readonly timeoutMs?: number;
  readonly headers?: (k: number) => Readonly<Record<string, string>>;
  /** Body of attempt `k` where it changes. */
  bodyOf?(k: number): object;
}

/** A client that retries, with the faults that it is given. */
export function carelessClient(options: Carelessness): VirtualClient {
  const {
    attempts = 3,
    wait = (k) => 1_000 * 2 ** (k - 1),
    retries = ({ status }) => status >= 429,
    read = readAnswer,
  } = options;
  return async (tools, signal) => {
    let shown = '';
    for (let k = 1; ; k++) {
      let response: VirtualResponse | undefined;
      try {
        response = await tools.request({
          body: options.bodyOf?.(k) ?? options.body ?? {},
          ...(options.timeoutMs === undefined ? {} : { timeoutMs: options.timeoutMs }),
          headers: options.headers?.(k) ?? {},
          signal,
        });
        if (response.status === 200) return shown + read(response.text);
        if (k >= attempts || !retries(response)) throw new Error(`status ${response.status}`);
      } catch (error) {
        if (!(error instanceof TransportError) || k >= attempts) throw error;
        shown += textOf(error.partial);
      }
      await tools.sleep(wait(k, response, tools.random));
    }
  };
}

/** The text of as much of a stream as came. */
function textOf(partial: string): string {
  return [...partial.matchAll(/"delta":(?:\{"content":)?("(?:[^"\\]|\\.)*")/g)]
    .map(([, json]) => JSON.parse(json ?? '""') as string)
    .join('');
}
