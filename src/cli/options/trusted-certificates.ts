import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

type Environment = Readonly<Record<string, string | undefined>>;

/** Variables that name a file with the authorities that clients trust in the place of their own. */
const INSTEAD = ['SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'] as const;

/**
 * What a command trusts before the authority of the mock is handed to it, as PEM: most clients trust the file that they are
 * given in the place of their own authorities, and the command may ask for more than the mock.
 */
export function trustedCertificates(environment: Environment): string {
  const given = [...INSTEAD, 'NODE_EXTRA_CA_CERTS'].flatMap((name) => textOf(environment[name]));
  const own = INSTEAD.some((name) => environment[name] !== undefined) ? [] : rootCertificates;
  return [...new Set([...given, ...own])].map((text) => `${text.trim()}\n`).join('');
}

/** What points clients to the file of an authority. */
export function authorityVariables(file: string): Record<string, string> {
  return Object.fromEntries(['NODE_EXTRA_CA_CERTS', ...INSTEAD].map((name) => [name, file]));
}

/** A file that is not there was none of use to the command before. */
function textOf(file: string | undefined): string[] {
  if (file === undefined || file === '') return [];
  try {
    return [readFileSync(file, 'utf8')];
  } catch {
    return [];
  }
}
