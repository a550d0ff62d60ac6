import { connect } from 'node:http2';

/** Connections that the requests share. */
const SESSIONS = 2;

/**
 * Sends load by HTTP/2, with prior knowledge or by TLS: so many requests at a time as the others have connections. No generator of
 * npm does; Node's client takes more of its core than a server does, so compare CPU time rather than requests a second.
 */
export async function http2Load({ origin, path, headers, bodies, connections, seconds }) {
  const sessions = Array.from({ length: SESSIONS }, () => connect(origin, { rejectUnauthorized: false }));
  const fields = { ':method': 'POST', ':path': path, ...headers };
  const total = { answered: 0, bytes: 0, refused: 0, lost: 0 };
  const start = performance.now();
  const end = start + seconds * 1_000;
  const lane = async (at) => {
    for (let sent = at; performance.now() < end; sent += connections)
      await request(sessions[at % SESSIONS], fields, bodies[sent % bodies.length], total);
  };
  await Promise.all(Array.from({ length: connections }, (_, at) => lane(at)));
  const rps = total.answered / ((performance.now() - start) / 1_000);
  for (const session of sessions) session.close();
  return { ...total, rps };
}

function request(session, fields, body, total) {
  return new Promise((resolve) => {
    const stream = session.request(fields);
    let isWhole = false;
    stream.on('response', (head) => {
      if (head[':status'] >= 300) total.refused += 1;
    });
    stream.on('data', (bytes) => {
      total.bytes += bytes.length;
    });
    stream.on('end', () => {
      isWhole = true;
    });
    stream.on('error', () => undefined);
    stream.on('close', () => {
      if (isWhole) total.answered += 1;
      else total.lost += 1;
      resolve();
    });
    stream.end(body);
  });
}
