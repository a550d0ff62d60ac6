import { generators, http2Generator } from './generators.mjs';
import { startSubject } from './subject.mjs';

/** A request for a chat completion; with `bytes`, of about that size; `ask` tells it from others. */
export function chatBody({ stream = false, bytes = 300, ask = 'Tell me' } = {}) {
  // With a window that the largest body fits into.
  const frame = {
    model: bytes > 100_000 ? 'gpt-4.1' : 'gpt-4o',
    ...(stream && { stream }),
    temperature: 0.7,
    messages: [{ role: 'user', content: '' }],
  };
  const text = `${ask} what to measure. `;
  const content = text.repeat(Math.ceil(bytes / text.length)).slice(0, bytes - JSON.stringify(frame).length);
  return JSON.stringify({ ...frame, messages: [{ role: 'user', content }] });
}

const CHAT = '/v1/chat/completions';
export const RESPONSES = '/v1/responses';

/** The same request, of the Responses API. */
export function responsesBody({ stream = false } = {}) {
  const { messages, ...rest } = JSON.parse(chatBody({ stream }));
  return JSON.stringify({ ...rest, input: messages[0].content });
}

/** Time for a server to get warm, as a multiple of that of a round. */
const WARM_UP = 3;

/**
 * Sends requests to each server in turn, round after round, so that whatever else the machine does strikes all alike. Each
 * case: the server's name, a body or several, connections and path where they are others than all have. Resolves to a row for each,
 * its ratios to the first of them, and to the peer if it is among them.
 */
export async function compare(cases, { rounds, generator = 'autocannon', seconds = 1, connections = 16, peer }) {
  const running = [];
  for (const each of cases) running.push({ connections, ...each, subject: await startSubject(each.server), rounds: [] });
  try {
    for (const each of running) await slice(each, generator, WARM_UP * seconds);
    for (let round = 0; round < rounds; round++) {
      for (const each of running) each.rounds.push(await slice(each, generator, seconds));
    }
    const against = (base, measured, of) => median(measured.map((row, round) => of(row) / of(base[round])));
    const peers = running.find(({ server }) => server === peer)?.rounds;
    const speed = ({ rps }) => rps;
    return running.map(({ name, server, rounds: measured }) => ({
      name: name ?? server,
      ratio: against(running[0].rounds, measured, speed),
      ...(peers && { toPeer: against(peers, measured, speed) }),
      cpuRatio: 1 / against(running[0].rounds, measured, ({ cpuUs }) => cpuUs),
      rps: median(measured.map(speed)),
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

/** Answers a second, and CPU time of the server a request: the latter tells nothing of how much of the machine others took. */
async function slice({ subject, path = CHAT, body, bodies = [body], connections }, generator, seconds) {
  const generate = generator === 'http2' ? http2Generator : generators[generator];
  const before = await subject.usage();
  const { answered, rps, bytes, refused, lost } = await generate({
    origin: subject.origin,
    path,
    bodies,
    connections,
    seconds,
  });
  const after = await subject.usage();
  return {
    rps,
    cpuUs: (after.cpuUs - before.cpuUs) / answered,
    bytes: Math.round(bytes / answered),
    rss: after.rss,
    refused,
    lost,
  };
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
