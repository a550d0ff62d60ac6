import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import type { MockOpenAI } from '../../src/index.ts';
import { postChat, startMock } from '../support/start-mock.ts';
import { launchChromium, program } from './chromium.ts';

/* The live page in a browser. With `SCREENSHOTS` set to a folder, it is pictured there. */

const screenshots = process.env['SCREENSHOTS'];

let browser: Awaited<ReturnType<typeof launchChromium>> | undefined;

beforeAll(async () => {
  if (program !== undefined) browser = await launchChromium();
});

afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  /** Requests to elsewhere than the mock. */
  readonly strangers: readonly string[];
  /** What the console said, and errors that nobody caught. */
  readonly complaints: readonly string[];
}

async function open(mock: MockOpenAI, colorScheme: 'light' | 'dark' = 'light', width = 1_000): Promise<Opened> {
  const page = await (browser ?? expect.unreachable()).newPage({ colorScheme, viewport: { width, height: 900 } });
  onTestFinished(() => page.close());
  const strangers: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => {
    if (!request.url().startsWith(mock.origin) && !request.url().startsWith('data:')) strangers.push(request.url());
  });
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(`${mock.adminURL}/`);
  await page.getByText('live', { exact: true }).waitFor();
  return { page, strangers, complaints };
}

/** A client that comes back at once, whatever it is told. */
async function hurry(mock: MockOpenAI, calls: number): Promise<void> {
  for (let call = 0; call < calls; call++)
    for (let attempt = 0; attempt < 3; attempt++) {
      const response = await postChat({ baseURL: mock.callURL(`call ${call}`), apiKey: mock.apiKey });
      await response.text();
      if (response.ok) break;
    }
}

const RULES = [
  { name: 'busy', attempts: '1..1', times: 50, fault: { rate_limit: { retry_after: '5s' } } },
  { name: 'later', match: { model: 'gpt-5' }, fault: 'overloaded' },
] as const;
const LIMITS = { 'gpt-4o': { rpm: 500, rpd: 5, window: 'fixed' } } as const;

test.skipIf(program === undefined).each([
  ['light', 1_000],
  ['dark', 1_000],
  ['light', 400],
  ['dark', 400],
] as const)('%s, %i px: it shows what happens, without a barrier that axe finds', async (scheme, width) => {
  const mock = await startMock({ rules: [...RULES], limits: LIMITS, capacity: { rate: '1/s', burst: 8, queue: 20 } });
  const { page, strangers, complaints } = await open(mock, scheme, width);
  await hurry(mock, 4);
  await page.getByText('fail', { exact: true }).waitFor({ timeout: 20_000 });
  await page.getByText('never_early', { exact: true }).waitFor();
  await page.getByText('struck 4 times, 46 left').waitFor({ timeout: 20_000 });
  await page.getByText('never reached').waitFor();
  await page.getByText('gpt-4o: 500 requests per minute').waitFor();
  await page.getByRole('meter', { name: 'capacity: served at once' }).waitFor();
  const daily = page.getByRole('meter', { name: /^gpt-4o, key [0-9a-f]{16}: requests per day$/ });
  expect(await daily.getAttribute('aria-valuetext')).toMatch(/^4 of 5 used, all back in \d\d h \d+ m$/);
  await daily.evaluate((meter) => meter.setAttribute('data-is', 'the same'));
  await hurry(mock, 1);
  await page.getByText(/^5 of 5 used, none left/).waitFor();
  expect(await daily.getAttribute('data-is')).toBe('the same');
  await page.getByRole('meter', { name: /: requests per minute$/ }).waitFor();
  for (const name of ['capacity: served at once', 'capacity: waiting in the queue'])
    await page.getByRole('meter', { name }).waitFor();
  await page.getByText('The same as a table').click();
  await page.getByRole('rowheader', { name: 'call 3' }).waitFor();
  expect(await page.getByRole('row', { name: /call 3/ }).textContent()).toMatch(/429 → 0\.\d\d s \(early\) → 200/);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  expect(await page.evaluate(PAINTED)).toEqual([true, true]);
  const violations = await page.evaluate(
    `${axe.source};axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join('\\n')))`,
  );
  expect(violations).toEqual([]);
  if (screenshots !== undefined)
    await page.screenshot({ path: join(screenshots, `live-${scheme}-${width}.png`), fullPage: true });
  expect(strangers).toEqual([]);
  expect(complaints).toEqual([]);
});

/** Whether something was drawn on each canvas. */
const PAINTED = `[...document.querySelectorAll('canvas')].map((canvas) =>
  canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height).data.some((value) => value > 0))`;

test.skipIf(program === undefined)('by keyboard alone rules are paused, resumed, removed and added', async () => {
  const mock = await startMock({ rules: [{ name: 'busy', fault: 'overloaded' }] });
  const { page } = await open(mock);
  const status = async () => {
    const response = await postChat(mock);
    await response.text();
    return response.status;
  };
  const reach = async (name: string) => {
    for (let presses = 0; presses < 40; presses++) {
      await page.keyboard.press('Tab');
      if (
        (await page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.textContent")) === name
      )
        return;
    }
    expect.unreachable(`${name} is not reached by the tab key`);
  };
  await page.getByRole('button', { name: 'pause busy' }).waitFor();
  await reach('pause busy');
  await page.keyboard.press('Enter');
  await page.getByRole('button', { name: 'resume busy' }).waitFor();
  expect(await status()).toBe(200);
  await reach('resume busy');
  await page.keyboard.press('Space');
  await page.getByRole('button', { name: 'pause busy' }).waitFor();
  expect(await status()).toBe(503);
  await reach('remove busy');
  await page.keyboard.press('Enter');
  await page.getByText('The scenario has no rules.').waitFor();
  expect(await status()).toBe(200);
  await page.getByRole('textbox').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('fault: overlaoded');
  await reach('Add');
  await page.keyboard.press('Enter');
  await page.getByText('Did you mean "overloaded"?').waitFor();
  await page.getByRole('textbox').focus();
  await page.keyboard.press('Control+A');
  await page.keyboard.type('fault: conflict');
  await reach('Add');
  await page.keyboard.press('Enter');
  await page.getByText('every request: conflict (409)').waitFor();
  expect(await status()).toBe(409);
});

test.skipIf(program === undefined)(
  'the focus stays with a rule that is paused, and goes to the form when it is gone',
  async () => {
    const mock = await startMock({
      rules: [
        { name: 'busy', fault: 'overloaded' },
        { name: 'later', fault: 'conflict' },
      ],
    });
    const { page } = await open(mock);
    const focused = () =>
      page.evaluate("document.activeElement.getAttribute('aria-label') ?? document.activeElement.id") as Promise<string>;
    await page.getByRole('button', { name: 'pause busy' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('resume busy');
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('pause busy');
    await page.getByRole('button', { name: 'remove later' }).focus();
    await page.keyboard.press('Enter');
    await expect.poll(focused).toBe('rule');
  },
);

test.skipIf(program === undefined)('gauges are read while something is used and the page is seen, and not else', async () => {
  const mock = await startMock({ limits: { '*': { rpd: 100 } } });
  const page = await (browser ?? expect.unreachable()).newPage();
  onTestFinished(() => page.close());
  await page.clock.install();
  let asked = 0;
  page.on('request', (request) => void (request.url().endsWith('/__admin/limits') && (asked += 1)));
  const askedWithin = async (ms: number) => {
    const before = asked;
    await page.clock.runFor(ms);
    return asked - before;
  };
  await page.goto(`${mock.adminURL}/`);
  await page.getByText('nothing is used').waitFor();
  await askedWithin(3_000);
  expect(await askedWithin(10_000)).toBe(0);
  await (await postChat(mock)).text();
  const gauge = page.getByRole('meter', { name: 'requests per day' });
  await expect.poll(async () => (await askedWithin(1_000)) > 0 && (await gauge.count()), { timeout: 10_000 }).toBe(1);
  expect(await askedWithin(10_000)).toBeGreaterThanOrEqual(9);
  await page.evaluate("Object.defineProperty(document, 'hidden', { value: true })");
  expect(await askedWithin(10_000)).toBe(0);
});

test.skipIf(program === undefined)('texts of clients are shown as text', async () => {
  const mock = await startMock({ rules: [{ name: '<img src=x onerror=alert(1)>', fault: 'overloaded' }] });
  const { page, complaints } = await open(mock);
  await (await postChat({ baseURL: mock.callURL('<b>bold</b>'), apiKey: mock.apiKey })).text();
  await page.getByText('<img src=x onerror=alert(1)>', { exact: true }).waitFor();
  await page.getByText('The same as a table').click();
  await page.getByText('<b>bold</b>').waitFor();
  expect(complaints).toEqual([]);
});

test.skipIf(program === undefined)('the report is saved as a file', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  await (await postChat(mock)).text();
  const { page } = await open(mock);
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByText('Save the report').click()]);
  expect(download.suggestedFilename()).toBe('mock-openai-report.html');
});

test.skipIf(program === undefined)('when the mock ends, the page says so and keeps what it has', async () => {
  const mock = await startMock({ rules: [{ fault: 'overloaded' }] });
  const { page } = await open(mock);
  await (await postChat(mock)).text();
  await mock.close();
  await page.getByText(/^not connected/).waitFor();
  await page.getByText('every request: overloaded (503)').waitFor();
});

test.skipIf(program === undefined)('under load the page draws on, and keeps a bounded number of calls', async () => {
  const mock = await startMock({ rules: [{ attempts: '1..1', probability: 0.3, fault: 'overloaded' }] });
  const { page, complaints } = await open(mock);
  const until = performance.now() + 8_000;
  let sent = 0;
  const client = async (id: number) => {
    while (performance.now() < until) {
      await (await postChat({ baseURL: mock.callURL(`${id} ${sent}`), apiKey: mock.apiKey })).text();
      sent += 1;
    }
  };
  const frames = page.evaluate(FRAMES);
  await Promise.all(Array.from({ length: 16 }, (_, id) => client(id)));
  const figures = (await frames) as { perSecond: number };
  const kept = await page.evaluate('livePage.kept()');
  if (screenshots !== undefined) {
    await page.screenshot({ path: join(screenshots, 'live-load.png'), fullPage: true });
    writeFileSync(join(screenshots, 'live-load.json'), JSON.stringify({ ...figures, sent, kept }));
  }
  expect(sent).toBeGreaterThan(200);
  expect(kept).toBeLessThanOrEqual(2_000);
  expect(figures.perSecond).toBeGreaterThan(0);
  expect(complaints).toEqual([]);
});

/** Counts the frames of seven seconds. */
const FRAMES = `new Promise((resolve) => {
  let frames = 0;
  const begin = performance.now();
  requestAnimationFrame(function count(at) {
    frames += 1;
    if (at - begin < 7000) requestAnimationFrame(count);
    else resolve({ perSecond: (frames * 1000) / (at - begin) });
  });
})`;
