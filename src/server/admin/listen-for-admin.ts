import { createServer, type RequestListener } from 'node:http';
import type { AdminListener } from '../admin-listener.ts';
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
  renewCertificate(identities: TlsIdentities): void;
  /** Stops accepting, lets requests finish for at most `graceMs`, then cuts what is left. */
  close(graceMs: number): Promise<void>;
}

/** Serves the admin API at an address of its own. Rejects with the system's error when the address cannot be had. */
export async function listenForAdmin({ admin, host, port, tls, onFailure }: AdminListenOptions): Promise<AdminListening> {
  const answer: RequestListener = (request, response) => {
    admin(request, response).catch((error: unknown) => {
      onFailure(error);
      response.destroy();
    });
  };
  const secure = tls && (await import('node:https')).createServer(tls.good, answer);
  const server = secure ?? createServer(answer);
  const address = await ListeningAddress.take(server, { host, port, scheme: tls === undefined ? 'http' : 'https' });
  return {
    port: address.port,
    origin: address.origin,
    renewCertificate: ({ good }) => secure?.setSecureContext(good),
    async close(graceMs) {
      const closed = address.close();
      const timer = setTimeout(() => server.closeAllConnections(), graceMs);
      await closed;
      clearTimeout(timer);
    },
  };
}
