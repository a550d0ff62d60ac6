import { unwatchFile, watchFile } from 'node:fs';
import { messageOf } from '../../core/text/message-of.ts';
import type { MockServer } from '../../server/start.ts';
import type { CertificateFiles } from '../../server/tls/read-certificate.ts';

/** How often the files are looked at. */
const POLL_MS = 500;
/** The two files are written one after the other. */
const SETTLE_MS = 1_000;

/** Shows new connections the new certificate when its files change; one that is wrong keeps the old one, and says so. */
export function watchCertificate(
  server: MockServer,
  { cert, key }: CertificateFiles,
  told: { renewed(): void; warning(message: string): void },
): () => void {
  let timer: NodeJS.Timeout | undefined;
  const reread = (isLast: boolean) => {
    try {
      server.rereadCertificate();
      clearTimeout(timer);
      told.renewed();
    } catch (error) {
      if (isLast) told.warning(`${messageOf(error)}. The old certificate goes on.`);
      else timer = setTimeout(() => reread(true), SETTLE_MS);
    }
  };
  const changed = () => {
    clearTimeout(timer);
    reread(false);
  };
  for (const file of [cert, key]) watchFile(file, { interval: POLL_MS }, changed);
  return () => {
    clearTimeout(timer);
    for (const file of [cert, key]) unwatchFile(file, changed);
  };
}
