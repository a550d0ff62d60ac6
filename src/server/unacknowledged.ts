import { readFile } from 'node:fs/promises';
import type { Socket } from 'node:net';

/** Bytes that the kernel has taken and the other side has not acknowledged; undefined where the system does not tell (all but Linux). */
export async function unacknowledged({ localPort, remotePort, localFamily }: Socket): Promise<number | undefined> {
  const table = await readFile(localFamily === 'IPv6' ? '/proc/self/net/tcp6' : '/proc/self/net/tcp', 'latin1').catch(() => '');
  const ports = new RegExp(`:${hex(localPort)} [0-9A-F]+:${hex(remotePort)} [0-9A-F]{2} ([0-9A-F]+):`).exec(table);
  return ports?.[1] === undefined ? undefined : Number.parseInt(ports[1], 16);
}

function hex(port = 0): string {
  return port.toString(16).toUpperCase().padStart(4, '0');
}
