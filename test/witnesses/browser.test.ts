import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import axe from 'axe-core';
import type { Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { comparedRun } from '../../src/core/report/comparison.ts';
import { renderJson } from '../../src/core/report/json.ts';
import { renderComparison } from '../../src/report/html/comparison-page.ts';
import { renderHtml } from '../../src/report/html/page.ts';
import { journalOf } from '../support/exchanges.ts';
import { fleetRun } from '../support/load/fleet-run.ts';
import { RUNS as PLAIN_RUNS, reportInput } from '../support/runs.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { launchChromium, program } from './chromium.ts';

/*
 * What only a browser can tell. `CHROMIUM` names the program where it is not found by itself; with `SCREENSHOTS` set to a
 * folder, the pages are pictured there.
 */
/** One call of one attempt: what most people see first. */
const oneCall = () => reportInput(journalOf([{ call: 'only', at: 0, status: 200 }]));
const RUNS: typeof PLAIN_RUNS = { ...PLAIN_RUNS, 'a fleet under load': () => fleetRun(), 'one call': oneCall };

const screenshots = process.env['SCREENSHOTS'];

type Browser = Awaited<ReturnType<typeof launchChromium>>;
let browser: Browser | undefined;

beforeAll(async () => {
  if (program === undefined) return;
  browser = await launchChromium();
});

afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

async function open(run: string, colorScheme: 'light' | 'dark', width = 1_000): Promise<Opened> {
  return openPage(await renderHtml(RUNS[run]?.() ?? expect.unreachable()), colorScheme, width);
}

async function openPage(text: string, colorScheme: 'light' | 'dark', width: number): Promise<Opened> {
  if (browser === undefined) throw new Error('there is no browser');
  const path = join(tempFolder(), 'report.html');
  writeFileSync(path, text);
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(path).href);
  return { page, requests: requests.filter((url) => url !== pathToFileURL(path).href), complaints };
}

const runs = Object.keys(RUNS);

test.skipIf(program === undefined).each(runs)('%s: opens from disk without a request or a complaint', async (run) => {
  const { page, requests, complaints } = await open(run, 'light');
  expect(requests).toEqual([]);
  expect(complaints).toEqual([]);
  const pictures = await page.getByRole('img').all();
  expect(pictures).toHaveLength({ 'no request': 0, 'one call': 3 }[run] ?? 4);
  for (const picture of pictures) expect(await picture.locator('title').first().textContent()).toMatch(/\w/);
  expect(await page.evaluate(OVERLAPS)).toEqual([]);
  expect(await page.evaluate(FITS)).toBe(true);
  await page.close();
});

test.skipIf(program === undefined).each([
  ['no request', 'light'],
  ['an outage', 'dark'],
  ['hostile texts', 'light'],
  ['hostile texts', 'dark'],
] as const)('%s, %s: has no barrier that axe finds', async (run, scheme) => {
  const { page } = await open(run, scheme);
  // Runs through the debugger: the page's own policy allows no script.
  const violations = await page.evaluate(
    `${axe.source};axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join('\\n')))`,
  );
  expect(violations).toEqual([]);
  await page.close();
});

test.skipIf(program === undefined)('a narrow window scrolls the pictures, not the page', async () => {
  const { page } = await open('hostile texts', 'light', 360);
  expect(await page.evaluate(FITS)).toBe(true);
  await page.close();
});

test.skipIf(program === undefined).each(runs)('%s: 400 px are enough to read every table', async (run) => {
  const { page } = await open(run, 'light', 400);
  expect(await page.evaluate(FITS)).toBe(true);
  expect(await page.evaluate(NARROW_CELLS)).toEqual([]);
  await page.close();
});

test.skipIf(program === undefined)('the page of one call is short at 400 px', async () => {
  const { page } = await open('one call', 'light', 400);
  expect(await page.evaluate(HEIGHT)).toBeLessThan(4_000);
  await page.close();
});

test.skipIf(program === undefined)('the picture of the load is on the first screen', async () => {
  const { page } = await open('a fleet under load', 'light', 1_280);
  const box = await page.getByRole('img').first().boundingBox();
  expect(await page.getByRole('img').first().locator('title').first().textContent()).toBe('Offered load and goodput');
  expect((box?.y ?? 0) + (box?.height ?? 0)).toBeLessThan(900);
  await page.close();
});

test.skipIf(program === undefined)('a comparison fits into 400 px, and none of its pictures is cut', async () => {
  const runs = ['naive', 'patient'].map((name) => {
    const run = comparedRun(name, renderJson(fleetRun()));
    return typeof run === 'string' ? expect.unreachable(run) : run;
  });
  const { page, complaints } = await openPage(await renderComparison(runs), 'light', 400);
  expect(complaints).toEqual([]);
  expect(await page.evaluate(FITS)).toBe(true);
  expect(await page.evaluate(NARROW_CELLS)).toEqual([]);
  for (const picture of await page.getByRole('img').all()) {
    const box = await picture.boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? 1_000)).toBeLessThanOrEqual(400);
  }
  await page.close();
});

test.skipIf(program === undefined || screenshots === undefined)('screenshots are taken', async () => {
  for (const run of runs) {
    for (const scheme of ['light', 'dark'] as const) {
      for (const width of [1_280, 400]) {
        const { page } = await open(run, scheme, width);
        const path = join(screenshots ?? '', `${run.replaceAll(' ', '-')}-${scheme}-${width}.png`);
        expect((await page.screenshot({ path, fullPage: true })).length).toBeGreaterThan(1_000);
        await page.close();
      }
    }
  }
});

const HEIGHT = 'document.documentElement.scrollHeight';
/** Texts of table cells that have less than eight letters' width for more than as many. */
const NARROW_CELLS = `[...document.querySelectorAll('.stacked td > div, .stacked th')]
  .filter((cell) => cell.offsetWidth > 0 && cell.offsetWidth < 120 && cell.textContent.length > 30).map((cell) => cell.textContent)`;
const FITS = 'document.documentElement.scrollWidth <= innerWidth';

/** Pairs of texts of one picture whose boxes overlap by more than a pixel. */
const OVERLAPS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '' && text.getAttribute('opacity') !== '0');
  const boxes = texts.map((text) => ({ name: text.textContent, box: text.getBoundingClientRect() }));
  return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b) =>
    Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
    Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3 ? [a.name + ' / ' + b.name] : []));
})`;
