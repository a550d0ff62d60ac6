import { X509Certificate } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { connect, rootCertificates } from 'node:tls';
import OpenAI from 'openai';
import { expect, test } from 'vitest';
import { trustedCertificates } from '../../../src/cli/options/trusted-certificates.ts';
import { issueAuthority, issueCertificate } from '../../../src/libraries/issue-certificate.ts';
import { makeTlsIdentities } from '../../../src/server/tls/tls-identities.ts';
import { runCli, startCli } from '../../support/run-cli.ts';
import { runInProcess } from '../../support/run-in-process.ts';
import { secureChat } from '../../support/secure-request.ts';
import { startMock } from '../../support/start-mock.ts';
import { tempFolder } from '../../support/temp-folder.ts';

const NOW = Date.UTC(2026, 0, 1);

test('the certificate that is made is for loopback and for the host, and its authority signs it', async () => {
  const {
    authority = '',
    good,
    expired,
    wrong_host: wrongHost,
    untrusted,
  } = await makeTlsIdentities({ host: '10.1.2.3', now: NOW });
  const issuer = new X509Certificate(authority);
  const read = ({ cert }: { cert: string }) => new X509Certificate(cert);
  expect(issuer.ca).toBe(true);
  for (const host of ['127.0.0.1', '::1', '10.1.2.3']) expect(read(good).checkIP(host)).toBe(host);
  expect(read(good).checkHost('localhost')).toBe('localhost');
  expect([good, expired, wrongHost, untrusted].map((each) => read(each).verify(issuer.publicKey))).toEqual([
    true,
    true,
    true,
    false,
  ]);
  expect(new Date(read(expired).validTo).getTime()).toBeLessThan(NOW);
  expect(new Date(read(good).validTo).getTime()).toBeGreaterThan(NOW);
  expect(read(wrongHost).checkHost('localhost')).toBeUndefined();
});

test('clients that trust the authority are served by https, and the journal has the version of TLS', async () => {
  const mock = await startMock({}, { tls: true });
  expect(mock.baseURL).toMatch(/^https:\/\/127\.0\.0\.1:\d+\/v1$/);
  expect(await secureChat(mock)).toBe(200);
  expect(await secureChat(mock, { host: 'localhost' })).toBe(200);
  expect(await secureChat(mock, { ca: '' })).toMatch(/UNABLE_TO_VERIFY|SELF_SIGNED/);
  expect(mock.journal()).toMatchObject([
    { tls: 'TLSv1.3', tlsResumed: false, protocol: 'http/1.1', status: 200 },
    { tls: 'TLSv1.3', status: 200 },
  ]);
});

test('the file of the authority is there as long as the mock', async () => {
  const mock = await startMock({}, { tls: true });
  const file = mock.tls?.authorityFile ?? '';
  expect(readFileSync(file, 'utf8')).toBe(mock.tls?.authority);
  await mock.close();
  expect(existsSync(file)).toBe(false);
});

test('without tls nothing is said of it', async () => {
  const mock = await startMock();
  expect(mock.tls).toBeUndefined();
  const client = new OpenAI({ baseURL: mock.baseURL, apiKey: mock.apiKey });
  await client.models.list();
  expect(mock.journal()).toMatchObject([{ tls: null, tlsResumed: null }]);
});

test.each([
  ['connection_reset', 'ECONNRESET', 'reset'],
  ['empty_response', 'ECONNRESET', 'fin'],
  [{ connection_reset: { at: 'accept' } }, 'ECONNRESET', 'reset'],
  [{ connection_reset: { at: 'body' } }, 'ECONNRESET', 'reset'],
] as const)('%j strikes below TLS as it does without', async (fault, seen, closedHow) => {
  const mock = await startMock({ rules: [{ first: 1, fault }] }, { tls: true });
  expect(await secureChat(mock)).toBe(seen);
  expect(await secureChat(mock)).toBe(200);
  expect(mock.journal()).toMatchObject([{ closedBy: 'server', closedHow }, { status: 200 }]);
});

test('a client that stops within the handshake does not keep the mock from closing', async () => {
  const mock = await startMock({}, { tls: true });
  const socket = connect({ host: '127.0.0.1', port: mock.port, rejectUnauthorized: false });
  socket.on('error', () => undefined);
  // The system has accepted it, and nothing was said.
  await new Promise((connected) => socket.once('connect', connected));
  socket.pause();
  await mock.close();
  socket.destroy();
});

/** Files of a certificate for loopback, and the authority that signs it. */
function ownCertificate(name: string) {
  const span = { from: Date.now() - 60_000, to: Date.now() + 3_600_000 };
  const authority = issueAuthority({ name: `authority of ${name}`, ...span });
  const { cert, key } = issueCertificate({ name, hosts: ['127.0.0.1'], ...span }, authority);
  return { ca: authority.cert, cert, key };
}

test('a certificate of the user takes the place of the one that is made', async () => {
  const { ca, cert, key } = ownCertificate('mine');
  const folder = tempFolder({ 'cert.pem': cert, 'key.pem': key });
  const mock = await startMock({}, { tls: { cert: join(folder, 'cert.pem'), key: join(folder, 'key.pem') } });
  expect(mock.tls).toEqual({ authority: null, authorityFile: null });
  expect(await secureChat(mock, { ca })).toBe(200);
});

const MINE = ownCertificate('mine');
const OTHER = ownCertificate('other');

test.each([
  [['--tls-cert', 'cert.pem'], '--tls-cert needs --tls-key beside it; --tls alone makes a certificate'],
  [['--tls-cert', 'none.pem', '--tls-key', 'key.pem'], 'cannot read none.pem: there is no such file'],
  [['--tls-cert', 'key.pem', '--tls-key', 'key.pem'], 'key.pem is wrong: it is a key: is it the file for --tls-key?'],
  [['--tls-cert', 'cert.pem', '--tls-key', 'cert.pem'], 'cert.pem is wrong: it is a certificate: is it the file for --tls-cert?'],
  [['--tls-cert', 'cert.pem', '--tls-key', 'other.pem'], 'the key in other.pem is not that of the certificate in cert.pem'],
  [['--tls-cert', 'cut.pem', '--tls-key', 'key.pem'], 'cut.pem is wrong: the certificate in it cannot be read'],
  [['--tls-cert', 'text.txt', '--tls-key', 'key.pem'], 'text.txt is wrong: it has no certificate'],
])('serve %j ends with exit code 2 and one line', async (flags, message) => {
  const folder = tempFolder({
    'cert.pem': MINE.cert,
    'key.pem': MINE.key,
    'other.pem': OTHER.key,
    'cut.pem': MINE.cert.slice(0, 200),
    'text.txt': 'hello',
  });
  const { code, stderr } = await runInProcess(['serve', '--port', '0', ...flags], folder);
  expect(code).toBe(2);
  expect(stderr).toContain(message);
  expect(stderr.trim().split('\n')).toHaveLength(1);
});

test('workers show the certificate that the first process made, and the one that replaces it', async () => {
  const folder = tempFolder({ 'cert.pem': MINE.cert, 'key.pem': MINE.key });
  const flags = ['--tls-cert', 'cert.pem', '--tls-key', 'key.pem'];
  const server = await startCli(['--port', '0', '--workers', '2', ...flags], folder);
  const at = { origin: new URL(server.firstLine).origin, apiKey: 'sk-1', tls: undefined };
  expect(await secureChat(at, { ca: MINE.ca })).toBe(200);
  writeFileSync(join(folder, 'cert.pem'), OTHER.cert);
  writeFileSync(join(folder, 'key.pem'), OTHER.key);
  await server.printed('the certificate was renewed');
  await expect.poll(() => secureChat(at, { ca: OTHER.ca })).toBe(200);
  writeFileSync(join(folder, 'cert.pem'), 'nothing');
  await server.printed('The old certificate goes on.');
  expect(await secureChat(at, { ca: OTHER.ca })).toBe(200);
});

const ASK = `
  const { OPENAI_BASE_URL: base, OPENAI_API_KEY: key } = process.env;
  const body = JSON.stringify({ model: 'gpt-4o', messages: [{ role: 'user', content: 'Hello' }] });
  const headers = { authorization: 'Bearer ' + key, 'content-type': 'application/json' };
  const { status } = await fetch(base + '/chat/completions', { method: 'POST', headers, body });
  const { tls } = await (await fetch(process.env.MOCK_OPENAI_ADMIN_URL + '/health')).json();
  console.log(JSON.stringify({ status, env: process.env, authority: tls.authority }));`;

test('run --tls hands the authority to the command in each variable that clients read, beside what it trusted before', async () => {
  const mine = ownCertificate('company');
  const folder = tempFolder({
    'ask.mjs': ASK,
    'company.pem': mine.ca,
    'providers.yaml': 'providers: { backup: {}, azure: { dialect: azure } }',
  });
  const args = ['run', '--tls', '--scenario', 'providers.yaml', '--', process.execPath, 'ask.mjs'];
  const { stdout } = await runCli(args, folder, { NODE_EXTRA_CA_CERTS: join(folder, 'company.pem') });
  const { status, env, authority } = JSON.parse(stdout) as { status: number; env: Record<string, string>; authority: string };
  expect(status).toBe(200);
  for (const name of ['NODE_EXTRA_CA_CERTS', 'SSL_CERT_FILE', 'REQUESTS_CA_BUNDLE', 'CURL_CA_BUNDLE'])
    expect(env[name]).toBe(authority);
  const urls = Object.entries(env).filter(([, value]) => /^https?:\/\/127\.0\.0\.1/.test(value));
  expect(urls.map(([name]) => name)).toEqual(
    expect.arrayContaining(['OPENAI_BASE_URL', 'AZURE_OPENAI_ENDPOINT', 'MOCK_OPENAI_BACKUP_BASE_URL', 'MOCK_OPENAI_ADMIN_URL']),
  );
  expect(urls.filter(([, value]) => !value.startsWith('https:'))).toEqual([]);
});

test('what a command trusted before stays trusted', () => {
  const folder = tempFolder({ 'company.pem': MINE.ca, 'bundle.pem': OTHER.ca });
  const company = { NODE_EXTRA_CA_CERTS: join(folder, 'company.pem') };
  expect(trustedCertificates(company)).toContain(MINE.ca.trim());
  expect(trustedCertificates(company)).toContain(rootCertificates[0]);
  const replaced = trustedCertificates({ ...company, SSL_CERT_FILE: join(folder, 'bundle.pem') });
  expect(replaced).toBe(`${OTHER.ca.trim()}\n${MINE.ca.trim()}\n`);
  expect(trustedCertificates({ SSL_CERT_FILE: join(folder, 'none.pem') })).toBe('');
});
