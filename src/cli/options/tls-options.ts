import type { CertificateFiles } from '../../server/tls/read-certificate.ts';
import type { TlsSettings } from '../../server/tls/server-tls.ts';
import { UsageError } from './usage-error.ts';

export interface TlsOptions {
  readonly tls?: boolean;
  readonly tlsCert?: string;
  readonly tlsKey?: string;
}

/** What the flags say of TLS; undefined where connections are plain. Throws a UsageError. */
export function tlsSettings(options: TlsOptions): TlsSettings | undefined {
  const files = certificateFiles(options);
  return files === undefined && options.tls !== true ? undefined : { files };
}

function certificateFiles({ tlsCert: cert, tlsKey: key }: TlsOptions): CertificateFiles | undefined {
  if (cert !== undefined && key !== undefined) return { cert, key };
  if (cert === undefined && key === undefined) return undefined;
  const [given, missing] = cert === undefined ? ['--tls-key', '--tls-cert'] : ['--tls-cert', '--tls-key'];
  throw new UsageError(`${given} needs ${missing} beside it; --tls alone makes a certificate`);
}
