import { randomBytes } from 'node:crypto';
import { rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Writes the certificate of an authority where clients can read it. It has no key in it. */
export function writeAuthorityFile(text: string): { readonly path: string; remove(): void } {
  const path = join(tmpdir(), `mock-openai-authority-${randomBytes(6).toString('hex')}.pem`);
  // A file that somebody else has put there is not followed.
  writeFileSync(path, text, { flag: 'wx' });
  const remove = () => rmSync(path, { force: true });
  process.once('exit', remove);
  return {
    path,
    remove() {
      process.off('exit', remove);
      remove();
    },
  };
}
