import { createHash } from 'node:crypto';
import type { ConnectToStore, StoreConnection, Word } from './store-connection.ts';

/** An answer that takes longer is not waited for: the connection may lead nowhere. */
const SILENCE_MS = 5_000;

/** A script, and what the store knows it by once it was sent. */
export interface Script {
  readonly text: string;
  readonly sha: string;
}

export function scriptOf(text: string): Script {
  return { text, sha: createHash('sha1').update(text).digest('hex') };
}

/** A way to the store that is opened again when it breaks, with the next command. */
export class StoreLink {
  readonly #connect: ConnectToStore;
  #connecting: Promise<StoreConnection> | undefined;
  #isOver = false;

  constructor(connect: ConnectToStore) {
    this.#connect = connect;
  }

  /** Rejects with what the store says against it, or when no answer came: then nobody knows whether it was done. */
  async send(command: readonly Word[], silenceMs = SILENCE_MS): Promise<unknown> {
    if (this.#isOver) throw new Error('the link to the store is closed');
    this.#connecting ??= this.#connect();
    const connecting = this.#connecting;
    try {
      const connection = await connecting;
      return await answered(connection, command, silenceMs);
    } catch (error) {
      if (!saysNoScript(error)) this.#drop(connecting);
      throw error;
    }
  }

  /** Runs a script on these keys. */
  async run({ text, sha }: Script, keys: readonly string[], args: readonly Word[]): Promise<unknown> {
    const rest = [String(keys.length), ...keys, ...args];
    try {
      return await this.send(['EVALSHA', sha, ...rest]);
    } catch (error) {
      if (!saysNoScript(error)) throw error;
      return await this.send(['EVAL', text, ...rest]);
    }
  }

  /** Ends it: what is under way rejects. */
  end(): void {
    this.#isOver = true;
    if (this.#connecting !== undefined) this.#drop(this.#connecting);
  }

  #drop(connecting: Promise<StoreConnection>): void {
    if (this.#connecting === connecting) this.#connecting = undefined;
    connecting.then(
      (connection) => connection.end(),
      () => undefined,
    );
  }
}

function saysNoScript(error: unknown): boolean {
  return error instanceof Error && error.message.startsWith('NOSCRIPT');
}

async function answered(connection: StoreConnection, command: readonly Word[], silenceMs: number): Promise<unknown> {
  let timer: NodeJS.Timeout | undefined;
  const silence = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${silenceMs / 1_000} s`)), silenceMs);
    timer.unref();
  });
  try {
    return await Promise.race([connection.send(command), silence]);
  } finally {
    clearTimeout(timer);
  }
}
