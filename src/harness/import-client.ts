import { pathToFileURL } from 'node:url';
import type { ClientModule } from './client-call.ts';
import { ClientError } from './driver.ts';

/** Imports a client. Throws what its import throws, or a ClientError that says what is wrong with it. */
export async function importClient(path: string): Promise<ClientModule> {
  const { default: client } = (await import(pathToFileURL(path).href)) as { default?: unknown };
  if (typeof client === 'function') return client as ClientModule;
  // A compiled CommonJS module has its default export one deeper.
  const inner = typeof client === 'object' && client !== null && 'default' in client ? client.default : undefined;
  if (typeof inner === 'function') return inner as ClientModule;
  throw new ClientError('it has no default export that is a function');
}
