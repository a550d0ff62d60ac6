import type { Socket } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { ClientConnection } from '../client-connection.ts';
import type { Shown, TlsIdentities } from './tls-identities.ts';

/** What a client meets that opens a connection by TLS: a certificate, or an alert in the place of one. */
export type Welcome = Shown | 'refuse';

/** What node:tls says of a socket and its types do not. */
interface HeldSocket {
  /** The connection below it. */
  readonly _parent?: Socket;
}

/** Shakes hands by TLS on connections that were accepted. A server of node:tls for each certificate does it; none listens. */
export class TlsFront {
  readonly #servers = new Map<Welcome, Server>();
  readonly #connections = new WeakMap<Socket, ClientConnection>();
  readonly #protocols: readonly string[];
  readonly #secured: (connection: ClientConnection) => void;
  #identities: TlsIdentities;

  /** `secured` is told of each connection whose handshake is over; its socket is the one by TLS then. */
  constructor(identities: TlsIdentities, protocols: readonly string[], secured: (connection: ClientConnection) => void) {
    this.#identities = identities;
    this.#protocols = protocols;
    this.#secured = secured;
  }

  /** New connections are shown these. */
  renew(identities: TlsIdentities): void {
    this.#identities = identities;
    this.#servers.clear();
  }

  /** Shakes hands. `over` is called when the client has accepted what it was shown, or the connection is gone. */
  shakeHands(connection: ClientConnection, welcome: Welcome, over?: () => void): void {
    if (over !== undefined) connection.whenSecured(over);
    this.#connections.set(connection.socket, connection);
    let server = this.#servers.get(welcome);
    if (server === undefined) this.#servers.set(welcome, (server = this.#serverFor(welcome)));
    server.emit('connection', connection.socket);
  }

  #serverFor(welcome: Welcome): Server {
    // A server without a certificate has nothing to offer: it answers the first message of the client by an alert.
    const identity = welcome === 'refuse' ? {} : this.#identities[welcome];
    const server = createServer({ ...identity, ALPNProtocols: [...this.#protocols] });
    server.on('secureConnection', (socket: TLSSocket) => {
      const raw = (socket as HeldSocket)._parent;
      const connection = raw && this.#connections.get(raw);
      if (connection === undefined) {
        socket.destroy();
        return;
      }
      connection.secure(socket);
      this.#secured(connection);
    });
    // A handshake that fails ends its connection, which is heard of there.
    server.on('tlsClientError', () => undefined);
    return server;
  }
}
