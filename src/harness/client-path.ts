import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { ClientError } from './driver.ts';

/** The absolute path of a client module. Throws a ClientError when there is no such file. */
export function clientPath(module: string): string {
  const path = resolve(module);
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new ClientError(`cannot read ${module}: no such file`);
  if (found.isDirectory()) throw new ClientError(`cannot read ${module}: it is a folder; --client takes a file`);
  return path;
}
