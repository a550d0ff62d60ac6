/*
 * npm run bench:live-page [-- --minutes 10]: the live page beside 1,000 requests a second. What it costs the mock, from slices with
 * and without it in turn; how often it draws, from the browser's trace; and with minutes what it holds.
 */
import { parseArgs } from 'node:util';
import autocannon from 'autocannon';
import { chromium } from 'playwright-core';
import { chatBody, median } from './rounds.mjs';
import { startSubject } from './subject.mjs';

const { values } = parseArgs({
  options: {
    rate: { type: 'string', default: '1000' },
    seconds: { type: 'string', default: '8' },
    slices: { type: 'string', default: '5' },
    minutes: { type: 'string', default: '0' },
  },
});
const rate = Number(values.rate);
const seconds = Number(values.seconds);
const HEADERS = { authorization: 'Bearer sk-live-0123456789abcdefghijklmnop', 'content-type': 'application/json' };
const TRACED = ['devtools.timeline', 'disabled-by-default-devtools.timeline', 'toplevel'];
const say = (text) => process.stdout.write(`${text}\n`);

const subject = await startSubject('healthy');
const { origin } = subject;
const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium';
const browser = await chromium.launch({ executablePath, args });
try {
  await slice();
  const without = [];
  const beside = [];
  const frames = [];
  for (let round = 0; round < Number(values.slices); round++) {
    without.push(await slice());
    const page = await open();
    await browser.startTracing(page, { categories: TRACED });
    beside.push(await slice());
    frames.push(framesOf(JSON.parse((await browser.stopTracing()).toString())));
    await page.close();
  }
  const ratios = beside.map(({ cpuUs }, round) => cpuUs / without[round].cpuUs);
  const usOf = (rows) => median(rows.map(({ cpuUs }) => cpuUs)).toFixed(0);
  say(`requests: ${Math.round(median(beside.map(({ rps }) => rps)))} a second beside the page`);
  say(`processor time of the mock: ${usOf(without)} µs a request without the page, ${usOf(beside)} µs with it`);
  say(`ratio: ${ratios.map((ratio) => ratio.toFixed(3)).join(' ')}; median ${median(ratios).toFixed(3)}`);
  say(`of one core at this rate: ${((Number(usOf(beside)) - Number(usOf(without))) * rate * 1e-4).toFixed(1)} % more`);
  say(`frames a second, from the trace: ${frames.map(({ perSecond }) => perSecond.toFixed(0)).join(' ')}`);
  say(`processor time of the page's thread, a frame: ${frames.map(({ cpuMs }) => cpuMs.toFixed(1)).join(' ')} ms`);
  if (Number(values.minutes) > 0) await watchMemory(Number(values.minutes));
} finally {
  await browser.close();
  subject.stop();
}

async function open() {
  const page = await browser.newPage({ viewport: { width: 1_000, height: 900 } });
  await page.goto(`${origin}/__admin/`);
  await page.getByText('live', { exact: true }).waitFor();
  return page;
}

/** A bounded load, and what the mock spent on each request. */
async function slice(duration = seconds) {
  const before = await subject.usage();
  const url = `${origin}/v1/chat/completions`;
  const { requests } = await autocannon({
    url,
    method: 'POST',
    headers: HEADERS,
    body: chatBody(),
    connections: 40,
    overallRate: rate,
    duration,
  });
  const after = await subject.usage();
  return { rps: requests.total / duration, cpuUs: (after.cpuUs - before.cpuUs) / requests.total };
}

/** Frames that the page drew, and the time of its thread for each, whatever that did. */
function framesOf({ traceEvents }) {
  const { pid, tid } = traceEvents.find(({ name }) => name === 'FireAnimationFrame') ?? {};
  const own = traceEvents.filter((event) => event.pid === pid && event.tid === tid);
  const drawn = own.filter(({ name, ph }) => name === 'AnimationFrame::Render' && ph === 'b').map(({ ts }) => ts);
  const spanUs = Math.max(...drawn) - Math.min(...drawn);
  const cpuUs = own.filter(({ name }) => name === 'RunTask').reduce((total, { tdur = 0 }) => total + tdur, 0);
  return { perSecond: (drawn.length * 1e6) / spanUs, cpuMs: cpuUs / 1_000 / drawn.length };
}

/** The heap of the page after a collection, every half minute. Fails when the last third holds a tenth more than the second. */
async function watchMemory(minutes) {
  const page = await open();
  const cdp = await page.context().newCDPSession(page);
  const levels = [];
  for (let each = 0; each < minutes * 2; each++) {
    await slice(30);
    await cdp.send('HeapProfiler.collectGarbage');
    const { usedSize } = await cdp.send('Runtime.getHeapUsage');
    levels.push(usedSize / 1e6);
    say(`${String((each + 1) * 30).padStart(5)} s ${levels.at(-1).toFixed(2).padStart(7)} MB`);
  }
  const third = Math.floor(levels.length / 3);
  const mean = (list) => list.reduce((total, level) => total + level, 0) / Math.max(1, list.length);
  const growth = mean(levels.slice(-third)) / mean(levels.slice(third, 2 * third)) - 1;
  say(`memory changed by ${(growth * 100).toFixed(1)} % from the second third to the last`);
  process.exitCode = growth > 0.1 ? 1 : 0;
}
