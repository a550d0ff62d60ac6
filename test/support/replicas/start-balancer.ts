import { type AddressInfo, connect, createServer } from 'node:net';

/** A balancer by connection, round robin. Returns where it listens, and how to end it. */
export async function startBalancer(origins: readonly string[]): Promise<{ readonly origin: string; close(): void }> {
  let next = 0;
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const { hostname, port } = new URL(origins[next % origins.length] ?? '');
    next += 1;
    const replica = connect({ host: hostname, port: Number(port), allowHalfOpen: true });
    client.pipe(replica);
    replica.pipe(client);
    // What one side does to its connection, the other learns.
    client.on('error', () => replica.resetAndDestroy());
    replica.on('error', () => client.resetAndDestroy());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { origin: `http://127.0.0.1:${port}`, close: () => void server.close() };
}
