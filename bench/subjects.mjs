/*
 * The servers that are compared: ours as its users start it, by a scenario; the others by what starts one and resolves to
 * its port.
 */
import { createServer } from 'node:http';
import { createServer as createHttp2Server, createSecureServer } from 'node:http2';
import { createServer as createHttpsServer } from 'node:https';

/** Tokens of a streamed answer. */
const CHUNKS = 200;

const ANSWER = Buffer.from(JSON.stringify({ object: 'chat.completion', padding: 'x'.repeat(655) }));

/** An event as long as those of OpenAI. */
const EVENT = `data: ${JSON.stringify({ object: 'chat.completion.chunk', padding: 'x'.repeat(280) })}\n\n`;

/** The same of the Responses API. */
const RESPONSES_EVENT = `event: response.output_text.delta\ndata: ${JSON.stringify({ type: 'response.output_text.delta', padding: 'x'.repeat(190) })}\n\n`;

/** Rules that speak of no request of the benchmark. */
function idleRules(count) {
  return Array.from({ length: count }, (_, index) => ({
    name: `idle ${index}`,
    match: { endpoint: index % 2 === 0 ? 'embeddings' : 'chat.completions', model: `other-model-${index}` },
    fault: 'server_error',
  }));
}

const STREAMED = { replies: [{ tokens: CHUNKS }] };

const LIMITS = { limits: { 'gpt-*': { rpm: 100_000_000, tpm: 1_000_000_000 } } };

/** Subjects by name. */
export const subjects = {
  /** The smallest server there is: reads the JSON, writes a fixed answer of 700 bytes. */
  bare: { start: () => bare(whole) },
  /** The smallest server of streams: one write per chunk. */
  'bare stream': { start: () => bareStream(EVENT, 'data: [DONE]\n\n') },
  'bare, TLS': { start: async () => listen(createHttpsServer(await identity(), answerTo(whole))), scheme: 'https' },
  'bare, HTTP/2': { start: () => bareHttp2(createHttp2Server()) },
  'bare, HTTP/2 by TLS': { start: async () => bareHttp2(createSecureServer(await identity())), scheme: 'https' },
  'bare stream of Responses': { start: () => bareStream(RESPONSES_EVENT, RESPONSES_EVENT) },
  /** The name of a bundled scenario, or a scenario. */
  healthy: { scenario: 'healthy' },
  'healthy, TLS': { scenario: 'healthy', tls: true },
  flaky: { scenario: 'flaky' },
  limits: { scenario: LIMITS },
  stream: { scenario: STREAMED },
  '1 rule': { scenario: { rules: idleRules(1) } },
  '10 rules': { scenario: { rules: idleRules(10) } },
  '100 rules': { scenario: { rules: idleRules(100) } },
  '1000 rules': { scenario: { rules: idleRules(1_000) } },
  aimock: { start: () => aimock('A text of an answer that is as long as the others are. '.repeat(3), 20) },
  'aimock stream': { start: () => aimock('word '.repeat(CHUNKS), 5) },
};

const HTTP2_HEAD = { ':status': 200, 'content-type': 'application/json', 'content-length': ANSWER.length };

const HEAD = { 'content-type': 'application/json', 'content-length': ANSWER.length };

function bareStream(event, last) {
  return bare((response) => {
    response.writeHead(200, { 'content-type': 'text/event-stream' });
    for (let i = 0; i < CHUNKS; i++) response.write(event);
    response.end(last);
  });
}

function whole(response) {
  response.writeHead(200, HEAD).end(ANSWER);
}

function bare(answer) {
  return listen(createServer(answerTo(answer)));
}

function answerTo(answer) {
  return (request, response) => readJson(request, () => answer(response));
}

/** Not by the layer that makes it look like HTTP/1.1: that costs more. */
function bareHttp2(server) {
  server.on('stream', (stream) => {
    stream.on('error', () => undefined);
    readJson(stream, () => {
      stream.respond(HTTP2_HEAD);
      stream.end(ANSWER);
    });
  });
  return listen(server);
}

function readJson(readable, done) {
  const chunks = [];
  readable.on('data', (chunk) => chunks.push(chunk));
  readable.on('end', () => {
    JSON.parse(Buffer.concat(chunks).toString());
    done();
  });
}

/** A certificate such as ours has, and its key. */
async function identity() {
  const { issueAuthority, issueCertificate } = await import('../dist/chunks/issue-certificate.js');
  const span = { from: Date.now() - 86_400_000, to: Date.now() + 86_400_000 };
  const authority = issueAuthority({ name: 'bench', ...span });
  return issueCertificate({ name: 'bench', hosts: ['127.0.0.1'], ...span }, authority);
}

async function listen(server) {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address().port;
}

async function aimock(content, chunkSize) {
  const { LLMock } = await import('@copilotkit/aimock');
  const mock = new LLMock({ port: 0, chunkSize, latency: 0 });
  mock.onMessage(/.*/, { content });
  await mock.start();
  return Number(new URL(mock.url).port);
}
