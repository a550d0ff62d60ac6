import type { AdminListener } from '../admin-listener.ts';
import type { PlainResponse } from '../http-exchange.ts';
import { HttpTransports } from '../http-transports.ts';
import { ListeningAddress } from '../listening-address.ts';
import type { TlsIdentities } from '../tls/tls-identities.ts';

export interface AdminListenOptions {
  readonly admin: AdminListener;
  readonly host: string;
  /** 0 picks a free one. */
  readonly port: number;
  /** Undefined where connections are plain. */
  readonly tls: TlsIdentities | undefined;
  /** Told of what must never happen: a fault of the mock itself. */
  onFailure(error: unknown): void;
}

/** A listener for the admin API alone. */
export interface AdminListening {
  readonly port: number;
  /** `http://127.0.0.1:9090`, without `/__admin`. */
  readonly origin: string;
  /** New connections are shown the right one of these. */
  renewCertificates(identities: TlsIdentities): void;
  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Serves the admin API at an address of its own. Rejects with the system's error when the address cannot be had. */
export async function listenForAdmin({ admin, host, port, tls, onFailure }: AdminListenOptions): Promise<AdminListening> {
  const failed = (response: PlainResponse, error: unknown) => {
    onFailure(error);
    response.destroy();
  };
  const transports = await HttpTransports.open({
    tls,
    now: () => performance.now(),
    request(request, response, connection) {
      connection.requests += 1;
      admin(request, response).catch((error: unknown) => failed(response, error));
    },
    http2: { admin, isOurs: () => true, receive: () => undefined, failed },
    gone: () => undefined,
    onFailure,
  });
  const { connections, listener, front } = transports;
  listener.on('connection', (socket) => {
    const connection = connections.accept(socket);
    connection.awaitsTls = front !== undefined;
    front?.shakeHands(connection, 'good');
  });
  const address = await ListeningAddress.take(listener, { host, port, scheme: tls === undefined ? 'http' : 'https' });
  return {
    port: address.port,
    origin: address.origin,
    renewCertificates: (identities) => front?.renew(identities),
    close: (graceMs) => transports.close(address, graceMs),
  };
}
