import autocannon from 'autocannon';
import { startSubject } from './subject.mjs';

const HEADERS = { authorization: 'Bearer sk-bench-0123456789abcdefghijklmnop', 'content-type': 'application/json' };

/** A request for a chat completion; with `bytes`, of about that size. */
export function chatBody({ stream = false, bytes = 300 } = {}) {
  // With a window that the largest body fits into.
  const frame = {
    model: bytes > 100_000 ? 'gpt-4.1' : 'gpt-4o',
    ...(stream && { stream }),
    temperature: 0.7,
    messages: [{ role: 'user', content: '' }],
  };
  const content = 'Tell me what to measure. '.repeat(Math.ceil(bytes / 25)).slice(0, bytes - JSON.stringify(frame).length);
  return JSON.stringify({ ...frame, messages: [{ role: 'user', content }] });
}

/**
 * Sends requests to each server in turn, round after round, so that whatever else the machine does strikes all alike. Each
 * case: the server's name, the body, requests a round, and connections where they are others than all have. Resolves to a row for each, its ratios to the first of them.
 */
export async function compare(cases, { rounds, connections = 16 }) {
  const running = [];
  for (const each of cases) running.push({ ...each, subject: await startSubject(each.server), rounds: [] });
  try {
    // The first round warms up.
    for (let round = 0; round <= rounds; round++) {
      for (const each of running) {
        const measured = await slice(each, connections);
        if (round > 0) each.rounds.push(measured);
      }
    }
    const base = running[0].rounds;
    return running.map(({ name, server, rounds: measured }) => ({
      name: name ?? server,
      ratio: median(measured.map(({ cpuUs }, round) => base[round].cpuUs / cpuUs)),
      cpuUs: median(measured.map(({ cpuUs }) => cpuUs)),
      leastCpuUs: Math.min(...measured.map(({ cpuUs }) => cpuUs)),
      bytes: measured[0].bytes,
      rssMb: Math.round(measured.at(-1).rss / 1e6),
      refused: measured.reduce((total, { refused }) => total + refused, 0),
      lost: measured.reduce((total, { lost }) => total + lost, 0),
    }));
  } finally {
    for (const { subject } of running) subject.stop();
  }
}

/** CPU time of the server a request: unlike throughput it does not tell how much of the machine others took. */
async function slice({ subject, body, requests, connections: own }, others) {
  const connections = own ?? others;
  const before = await subject.usage();
  const url = `http://127.0.0.1:${subject.port}/v1/chat/completions`;
  const result = await autocannon({ url, method: 'POST', headers: HEADERS, body, connections, amount: requests });
  const after = await subject.usage();
  const answered = result.requests.total;
  return {
    cpuUs: (after.cpuUs - before.cpuUs) / answered,
    bytes: Math.round(result.throughput.total / answered),
    rss: after.rss,
    refused: result.non2xx,
    lost: result.errors,
  };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
