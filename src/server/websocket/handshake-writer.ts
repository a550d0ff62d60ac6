import type { Head, Header } from '../../core/wire/effect.ts';
import type { Exchange } from '../../session/exchange.ts';
import { Http1ResponseWriter, type Http1Target } from '../http1/http1-response-writer.ts';

const SWITCHING_PROTOCOLS = 101;
const NO_BYTES = new Uint8Array(0);

/** The answer to an opening handshake: a response of HTTP, or the switch to a WebSocket, which `accept` makes. */
export class HandshakeWriter extends Http1ResponseWriter {
  readonly #exchange: Pick<Exchange, 'headSent'>;
  readonly #accept: (headers: readonly Header[]) => void;
  #switching: Head | undefined;
  #hasSwitched = false;

  constructor(target: Http1Target, exchange: Pick<Exchange, 'headSent'>, accept: (headers: readonly Header[]) => void) {
    super(target, exchange);
    this.#exchange = exchange;
    this.#accept = accept;
  }

  override get hasHead(): boolean {
    return this.#switching !== undefined || super.hasHead;
  }

  override get isFinished(): boolean {
    return this.#hasSwitched || super.isFinished;
  }

  override head(head: Head): void {
    if (head.status === SWITCHING_PROTOCOLS) this.#switching = head;
    else super.head(head);
  }

  override takeHead(): Uint8Array {
    return this.#switching === undefined ? super.takeHead() : NO_BYTES;
  }

  override flush(): void {
    if (this.#switching === undefined) super.flush();
    else this.#switch(this.#switching);
  }

  override end(): boolean {
    if (this.#switching === undefined) return super.end();
    this.#switch(this.#switching);
    return true;
  }

  #switch(head: Head): void {
    if (this.#hasSwitched) return;
    this.#hasSwitched = true;
    this.#exchange.headSent(head);
    this.#accept(head.headers);
  }
}
