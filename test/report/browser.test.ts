import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderHtml } from '../../src/report/html/page.ts';
import { RUNS } from '../support/runs.ts';
import { tempFolder } from '../support/temp-folder.ts';

/*
 * What only a browser can tell. `CHROMIUM` names the program where it is not found by itself; with `SCREENSHOTS` set to a
 * folder, the pages are pictured there.
 */
const PLACES = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome', '/usr/bin/google-chrome-stable'];
const program = process.env['CHROMIUM'] ?? PLACES.find((path) => existsSync(path));
const screenshots = process.env['SCREENSHOTS'];
const axe = createRequire(import.meta.url)('axe-core') as { source: string };

type Browser = Awaited<ReturnType<typeof chromium.launch>>;
let browser: Browser | undefined;

beforeAll(async () => {
  if (program === undefined) return;
  const args = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--no-first-run'];
  browser = await chromium.launch({ executablePath: program, headless: true, args });
});

afterAll(() => browser?.close());

interface Opened {
  readonly page: Page;
  readonly requests: readonly string[];
  readonly complaints: readonly string[];
}

async function open(run: string, colorScheme: 'light' | 'dark', width = 1_000): Promise<Opened> {
  if (browser === undefined) throw new Error('there is no browser');
  const path = join(tempFolder(), 'report.html');
  writeFileSync(path, await renderHtml(RUNS[run]?.() ?? expect.unreachable()));
  const page = await browser.newPage({ colorScheme, viewport: { width, height: 900 } });
  const requests: string[] = [];
  const complaints: string[] = [];
  page.on('request', (request) => requests.push(request.url()));
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(String(error)));
  await page.goto(pathToFileURL(path).href);
  return { page, requests: requests.filter((url) => url !== pathToFileURL(path).href), complaints };
}

const cases = Object.keys(RUNS).flatMap((run) => (['light', 'dark'] as const).map((scheme) => [run, scheme] as const));

test.skipIf(program === undefined).each(cases)(
  '%s, %s: opens from disk without a request, a complaint or a barrier',
  async (run, scheme) => {
    const { page, requests, complaints } = await open(run, scheme);
    expect(requests).toEqual([]);
    expect(complaints).toEqual([]);
    // Runs what axe finds through the debugger: the page's own policy allows no script.
    const violations = await page.evaluate(
      `${axe.source};axe.run().then((r) => r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.html).join('\\n')))`,
    );
    expect(violations).toEqual([]);
    if (screenshots !== undefined) {
      mkdirSync(screenshots, { recursive: true });
      await page.screenshot({ path: join(screenshots, `${run.replaceAll(' ', '-')}-${scheme}.png`), fullPage: true });
    }
    await page.close();
  },
);

test.skipIf(program === undefined)('pictures have names, fit the page, and their texts do not lie on each other', async () => {
  for (const run of Object.keys(RUNS)) {
    const { page } = await open(run, 'light');
    const pictures = await page.getByRole('img').count();
    expect(pictures).toBe(run === 'no request' ? 0 : 4);
    for (const picture of await page.getByRole('img').all())
      expect(await picture.locator('title').first().textContent()).toMatch(/\w/);
    expect(await page.evaluate(OVERLAPS), run).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth'), run).toBe(true);
    await page.close();
  }
});

test.skipIf(program === undefined)('a narrow window scrolls the pictures, not the page', async () => {
  const { page } = await open('hostile texts', 'light', 360);
  expect(await page.evaluate('document.documentElement.scrollWidth <= innerWidth')).toBe(true);
  await page.close();
});

/** Pairs of texts of one picture whose boxes overlap by more than a pixel. */
const OVERLAPS = `[...document.querySelectorAll('svg')].flatMap((svg) => {
  const texts = [...svg.querySelectorAll('text')].filter((text) => text.textContent.trim() !== '' && text.getAttribute('opacity') !== '0');
  const boxes = texts.map((text) => ({ name: text.textContent, box: text.getBoundingClientRect() }));
  return boxes.flatMap((a, i) => boxes.slice(i + 1).flatMap((b) =>
    Math.min(a.box.right, b.box.right) - Math.max(a.box.left, b.box.left) > 1 &&
    Math.min(a.box.bottom, b.box.bottom) - Math.max(a.box.top, b.box.top) > 3 ? [a.name + ' / ' + b.name] : []));
})`;
