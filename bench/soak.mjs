/*
 * npm run soak [-- --minutes 30]: load without end, half of it requests that were never made before, and the memory of the
 * server every half minute. Fails when the memory of the last third is more than a tenth above that of the second.
 */
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { chatBody } from './rounds.mjs';
import { startSubject } from './subject.mjs';

const { values } = parseArgs({ options: { minutes: { type: 'string', default: '30' } } });
const seconds = Number(values.minutes) * 60;
const everyS = Math.max(1, Math.min(30, seconds / 12));
const subject = await startSubject('flaky');
const url = `${subject.origin}/v1/chat/completions`;
const headers = { authorization: 'Bearer sk-soak-0123456789abcdefghijklmnop', 'content-type': 'application/json' };
const bodies = Array.from({ length: 500 }, (_, index) => chatBody({ stream: index % 4 === 0, bytes: 300 + index }));
let sentBefore = 0;
/** Every other body has never been sent before. */
const anew = (request) => {
  sentBefore += 1;
  return { ...request, body: request.body.replace('Tell me', `Tell me, for the ${sentBefore}th time,`) };
};
const requests = bodies.map((body, index) => ({ method: 'POST', headers, body, ...(index % 2 === 1 && { setupRequest: anew }) }));
// Of a thousand clients most wait for an answer that takes its time.
const run = autocannon({ url, connections: 1_000, duration: seconds, requests });
const levels = [];
const timer = setInterval(async () => {
  const { rss } = await subject.usage();
  levels.push(rss / 1e6);
  process.stdout.write(
    `${String(Math.round(levels.length * everyS)).padStart(5)} s ${levels.at(-1).toFixed(0).padStart(5)} MB\n`,
  );
}, everyS * 1_000);
const { requests: sent, errors } = await run;
clearInterval(timer);
subject.stop();
const third = Math.floor(levels.length / 3);
const mean = (list) => list.reduce((total, level) => total + level, 0) / Math.max(1, list.length);
const growth = mean(levels.slice(-third)) / mean(levels.slice(third, 2 * third)) - 1;
process.stdout.write(
  `${sent.total} requests, ${errors} lost; memory changed by ${(growth * 100).toFixed(1)} % from the second third to the last\n`,
);
process.exitCode = growth > 0.1 ? 1 : 0;
