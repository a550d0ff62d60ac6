import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { BackgroundOrders, FromBackground, ToBackground } from './background-message.ts';
import { ClientError } from './driver.ts';

const PROGRAM = fileURLToPath(new URL('./background-process.js', import.meta.url));
const GRACE_MS = 500;

/** Requests beside those of the clients, that use up what they share: a process that asks at a rate, whatever it is told. */
export class Background {
  readonly #child: ChildProcess;
  readonly #ended: Promise<void>;
  readonly trouble: string[] = [];
  #closing = false;
  #alive = true;

  private constructor(child: ChildProcess) {
    this.#child = child;
    child.on('message', (message: FromBackground) => {
      if (message.type === 'failed') this.trouble.push(`the background failed: ${message.message}`);
    });
    this.#ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        this.#alive = false;
        if (!this.#closing) this.trouble.push(`the background ended ${signal === null ? `with code ${code}` : `by ${signal}`}`);
        resolve();
      });
    });
    child.on('error', () => undefined);
  }

  /** Starts the process, which is silent until it is told to begin. */
  static async start(orders: BackgroundOrders): Promise<Background> {
    const child = fork(PROGRAM, [JSON.stringify(orders)], { stdio: ['ignore', 'ignore', 'ignore', 'ipc'], detached: true });
    const background = new Background(child);
    await new Promise<void>((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('exit', () => reject(new ClientError('the process of --background could not be started')));
    });
    return background;
  }

  begin(forMs: number): void {
    this.#say({ type: 'begin', forMs });
  }

  async close(): Promise<void> {
    this.#closing = true;
    this.#say({ type: 'stop' });
    if (this.#child.connected) this.#child.disconnect();
    const timer = setTimeout(() => this.#child.kill('SIGKILL'), GRACE_MS);
    if (this.#alive) await this.#ended;
    clearTimeout(timer);
  }

  kill(): void {
    this.#child.kill('SIGKILL');
  }

  #say(message: ToBackground): void {
    if (this.#child.connected) this.#child.send(message, () => undefined);
  }
}
