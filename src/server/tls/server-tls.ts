import { writeAuthorityFile } from './authority-file.ts';
import { type CertificateFiles, readCertificate } from './read-certificate.ts';
import { makeTlsIdentities, type TlsIdentities } from './tls-identities.ts';

/** How a server is to speak TLS. */
export interface TlsSettings {
  /** The certificate of the user; without it, one is made, and an authority that signs it. */
  readonly files?: CertificateFiles | undefined;
  /** Certificates that clients trust beside that of the authority, as PEM: they stand in its file. */
  readonly trustedToo?: string | undefined;
}

/** What clients of a server by TLS have to trust. */
export interface ServerTls {
  /** The certificate of the authority, as PEM; null where the certificate is the user's. */
  readonly authority: string | null;
  /** Where it is written as long as the server runs. */
  readonly authorityFile: string | null;
}

/** The certificates of a server, and the file of their authority. */
export interface TlsMaterial extends ServerTls {
  readonly identities: TlsIdentities;
  /** What is shown once the files of the user have changed. Throws a CertificateError. */
  reread(): TlsIdentities;
  /** Removes the file. */
  remove(): void;
}

/** Reads or makes the certificates. Throws a CertificateError. */
export async function prepareTls({ files, trustedToo = '' }: TlsSettings, host: string): Promise<TlsMaterial> {
  const given = files && readCertificate(files);
  const identities = await makeTlsIdentities({ host, now: Date.now(), given });
  const { authority } = identities;
  const file = authority === undefined ? undefined : writeAuthorityFile(authority + trustedToo);
  return {
    authority: authority ?? null,
    authorityFile: file?.path ?? null,
    identities,
    reread: () => (files === undefined ? identities : { ...identities, good: readCertificate(files) }),
    remove: () => file?.remove(),
  };
}
