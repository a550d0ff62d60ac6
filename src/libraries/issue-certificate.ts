import { createHash, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';
import { isIP } from 'node:net';
import type { Certificate, Extension } from '@peculiar/asn1-x509';
import { lazily } from './load.ts';

const asn1 = lazily<typeof import('@peculiar/asn1-schema')>('#libraries/asn1-schema');
const x509 = lazily<typeof import('@peculiar/asn1-x509')>('#libraries/asn1-x509');

/** A certificate and its key, as PEM. */
export interface Identity {
  readonly cert: string;
  readonly key: string;
}

/** Who signs certificates. */
export interface Authority extends Identity {
  readonly name: string;
  readonly privateKey: KeyObject;
  readonly keyId: Buffer;
}

/** What a certificate says of its owner. */
interface Subject {
  readonly name: string;
  /** Names and addresses that it is for. */
  readonly hosts: readonly string[];
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

/** RFC 4055, RFC 5758. */
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';
const COMMON_NAME = '2.5.4.3';
const SERIAL_BYTES = 16;
/** X.509 version 3. */
const V3 = 2;

/** Makes an authority that signs itself: an EC key on P-256. */
export function issueAuthority({ name, from, to }: Omit<Subject, 'hosts'>): Authority {
  const { publicKey, privateKey } = newKey();
  const { BasicConstraints, KeyUsage, KeyUsageFlags } = x509();
  const keyId = keyIdOf(publicKey);
  const extensions = [
    extension(x509().id_ce_basicConstraints, new BasicConstraints({ cA: true, pathLenConstraint: 0 }), true),
    extension(x509().id_ce_keyUsage, new KeyUsage(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign), true),
    extension(x509().id_ce_subjectKeyIdentifier, new (x509().SubjectKeyIdentifier)(keyId)),
  ];
  const signer = { name, privateKey };
  const cert = signed({ name, from, to, publicKey, extensions }, signer);
  return { name, privateKey, keyId, cert, key: pemOf(privateKey) };
}

/** Makes a certificate for a server. */
export function issueCertificate({ name, hosts, from, to }: Subject, authority: Authority): Identity {
  const { publicKey, privateKey } = newKey();
  const lib = x509();
  const names = hosts.map((host) => new lib.GeneralName(isIP(host) === 0 ? { dNSName: host } : { iPAddress: host }));
  const extensions = [
    extension(lib.id_ce_basicConstraints, new lib.BasicConstraints({ cA: false }), true),
    extension(lib.id_ce_keyUsage, new lib.KeyUsage(lib.KeyUsageFlags.digitalSignature), true),
    extension(lib.id_ce_extKeyUsage, new lib.ExtendedKeyUsage([lib.id_kp_serverAuth])),
    extension(lib.id_ce_subjectAltName, new lib.SubjectAlternativeName(names)),
    extension(lib.id_ce_subjectKeyIdentifier, new lib.SubjectKeyIdentifier(keyIdOf(publicKey))),
    extension(
      lib.id_ce_authorityKeyIdentifier,
      new lib.AuthorityKeyIdentifier({ keyIdentifier: new lib.KeyIdentifier(authority.keyId) }),
    ),
  ];
  return { cert: signed({ name, from, to, publicKey, extensions }, authority), key: pemOf(privateKey) };
}

function newKey() {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

function pemOf(key: KeyObject): string {
  return String(key.export({ type: 'pkcs8', format: 'pem' }));
}

/** RFC 7093 §2, method 4: any hash of the public key that is unique. */
function keyIdOf(publicKey: KeyObject): Buffer {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest()
    .subarray(0, 20);
}

function extension(extnID: string, value: object, critical = false): Extension {
  const { AsnConvert, OctetString } = asn1();
  return new (x509().Extension)({ extnID, critical, extnValue: new OctetString(AsnConvert.serialize(value)) });
}

interface Unsigned {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly publicKey: KeyObject;
  readonly extensions: readonly Extension[];
}

function signed({ name, from, to, publicKey, extensions }: Unsigned, issuer: Pick<Authority, 'name' | 'privateKey'>): string {
  const { AsnConvert } = asn1();
  const lib = x509();
  const algorithm = new lib.AlgorithmIdentifier({ algorithm: ECDSA_WITH_SHA256 });
  const tbsCertificate = new lib.TBSCertificate({
    version: V3,
    serialNumber: serialNumber(),
    signature: algorithm,
    issuer: nameOf(issuer.name),
    validity: new lib.Validity({ notBefore: new Date(from), notAfter: new Date(to) }),
    subject: nameOf(name),
    subjectPublicKeyInfo: AsnConvert.parse(publicKey.export({ type: 'spki', format: 'der' }), lib.SubjectPublicKeyInfo),
    extensions: new lib.Extensions([...extensions]),
  });
  const signature = sign('sha256', Buffer.from(AsnConvert.serialize(tbsCertificate)), issuer.privateKey);
  const certificate: Certificate = new lib.Certificate({
    tbsCertificate,
    signatureAlgorithm: algorithm,
    signatureValue: Uint8Array.from(signature).buffer,
  });
  const lines = Buffer.from(AsnConvert.serialize(certificate))
    .toString('base64')
    .replace(/.{64}(?=.)/g, '$&\n');
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}

/** Positive and without leading zeros, as DER wants a whole number. */
function serialNumber(): ArrayBuffer {
  const bytes = new Uint8Array(randomBytes(SERIAL_BYTES));
  bytes[0] = 0x40 | ((bytes[0] ?? 0) & 0x3f);
  return bytes.buffer;
}

function nameOf(text: string) {
  const { Name, RelativeDistinguishedName, AttributeTypeAndValue, AttributeValue } = x509();
  const attribute = new AttributeTypeAndValue({ type: COMMON_NAME, value: new AttributeValue({ utf8String: text }) });
  return new Name([new RelativeDistinguishedName([attribute])]);
}
