import type { Identity } from '../../libraries/issue-certificate.ts';

/** What a server shows who opens a connection by TLS: the certificate that is right, and those that are wrong in one way each. */
export interface TlsIdentities extends Readonly<Record<Shown, Identity>> {
  /** The certificate of the authority that clients have to trust, as PEM; undefined where it is not ours. */
  readonly authority: string | undefined;
}

/** Which certificate a connection is shown. */
export type Shown = 'good' | 'expired' | 'wrong_host' | 'untrusted';

const DAY_MS = 86_400_000;
/** Apple's clients take no certificate that lasts longer than 825 days (support.apple.com/103769). */
const LIFE_MS = 90 * DAY_MS;
/** For clocks of other machines that are late. */
const SKEW_MS = DAY_MS;
const LOOPBACK = ['localhost', '127.0.0.1', '::1'];

export interface IdentitySettings {
  /** Where the server listens. */
  readonly host: string;
  /** Milliseconds since the epoch. */
  readonly now: number;
  /** The certificate of the user, in the place of one that is made. */
  readonly given?: Identity | undefined;
}

/** Makes an authority and what it signs. It takes milliseconds; the keys are not written anywhere. */
export async function makeTlsIdentities({ host, now, given }: IdentitySettings): Promise<TlsIdentities> {
  const { issueAuthority, issueCertificate } = await import('../../libraries/issue-certificate.ts');
  const span = { from: now - SKEW_MS, to: now + LIFE_MS };
  const authority = issueAuthority({ name: 'mock-openai authority', ...span, from: now - 2 * LIFE_MS });
  const stranger = issueAuthority({ name: 'an authority that nobody trusts', ...span });
  const subject = { name: 'mock-openai', hosts: hostsFor(host), ...span };
  return {
    authority: given === undefined ? authority.cert : undefined,
    good: given ?? issueCertificate(subject, authority),
    expired: issueCertificate({ ...subject, from: now - LIFE_MS, to: now - SKEW_MS }, authority),
    wrong_host: issueCertificate({ ...subject, hosts: ['wrong-host.mock-openai.invalid'] }, authority),
    untrusted: issueCertificate(subject, stranger),
  };
}

function hostsFor(host: string): string[] {
  const isAny = host === '' || host === '0.0.0.0' || host === '::';
  return [...new Set([...LOOPBACK, ...(isAny ? [] : [host])])];
}
