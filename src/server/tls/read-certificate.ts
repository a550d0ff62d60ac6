import { createPrivateKey, X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { Identity } from '../../libraries/issue-certificate.ts';

/** Where the certificate of the user is, with the chain behind it, and its key. */
export interface CertificateFiles {
  readonly cert: string;
  readonly key: string;
}

/** A certificate that cannot be used. The message says which file is wrong, and what would be right. */
class CertificateError extends Error {
  override readonly name = 'CertificateError';
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read it',
  EISDIR: 'it is a folder',
};

/** Reads certificate and key. Throws a CertificateError. */
export function readCertificate({ cert, key }: CertificateFiles): Identity {
  const identity = { cert: textOf(cert), key: textOf(key) };
  const certificate = readCert(cert, identity.cert);
  const privateKey = readKey(key, identity.key);
  if (!certificate.checkPrivateKey(privateKey))
    throw new CertificateError(`the key in ${key} is not that of the certificate in ${cert}`);
  return identity;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new CertificateError(`cannot read ${file}: ${REASONS[code] ?? message}`);
  }
}

function readCert(file: string, text: string): X509Certificate {
  if (!text.includes('-----BEGIN CERTIFICATE-----')) {
    const found = text.includes('PRIVATE KEY-----') ? 'it is a key: is it the file for --tls-key?' : 'it has no certificate';
    throw new CertificateError(`${file} is wrong: ${found}. A certificate in PEM begins with -----BEGIN CERTIFICATE-----`);
  }
  try {
    return new X509Certificate(text);
  } catch {
    throw new CertificateError(`${file} is wrong: the certificate in it cannot be read. Is a part of it missing?`);
  }
}

function readKey(file: string, text: string) {
  if (!text.includes('PRIVATE KEY-----')) {
    const found = text.includes('BEGIN CERTIFICATE') ? 'it is a certificate: is it the file for --tls-cert?' : 'it has no key';
    throw new CertificateError(`${file} is wrong: ${found}. A key in PEM begins with -----BEGIN PRIVATE KEY-----`);
  }
  if (text.includes('ENCRYPTED'))
    throw new CertificateError(`${file} is wrong: the key is encrypted. Give one without a passphrase`);
  try {
    return createPrivateKey(text);
  } catch {
    throw new CertificateError(`${file} is wrong: the key in it cannot be read. Is a part of it missing?`);
  }
}
