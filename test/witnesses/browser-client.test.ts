import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Page } from 'playwright-core';
import { rolldown } from 'rolldown';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startMock } from '../support/start-mock.ts';
import { launchChromium, program } from './chromium.ts';

/* The official SDK in a page of another origin. */

/** What a page has of the SDK: `window.ask(baseURL, kind, times)` tells the texts that came. */
const SCRIPT = `
import OpenAI from 'openai';
const client = (baseURL) => new OpenAI({ baseURL, apiKey: 'sk-page', dangerouslyAllowBrowser: true, maxRetries: 5 });
const messages = [{ role: 'user', content: 'Hello' }];
const KINDS = {
  async whole(openai) {
    const answer = await openai.chat.completions.create({ model: 'gpt-4o', messages });
    return answer.choices[0].message.content;
  },
  async streamed(openai) {
    let text = '';
    for await (const chunk of await openai.chat.completions.create({ model: 'gpt-4o', messages, stream: true }))
      text += chunk.choices[0]?.delta?.content ?? '';
    return text;
  },
  async responses(openai) {
    return (await openai.responses.create({ model: 'gpt-4o', input: 'Hello' })).output_text;
  },
};
window.ask = async (baseURL, kind, times) => {
  const texts = [];
  for (let time = 0; time < times; time++) {
    try { texts.push(await KINDS[kind](client(baseURL))); } catch (error) { texts.push(error.constructor.name + ' ' + error.status); }
  }
  return texts;
};
`;

let browser: Awaited<ReturnType<typeof launchChromium>> | undefined;
let script = '';

beforeAll(async () => {
  if (program === undefined) return;
  browser = await launchChromium();
  script = await bundled(SCRIPT);
});

afterAll(() => browser?.close());

async function bundled(code: string): Promise<string> {
  const bundle = await rolldown({
    input: 'page.js',
    cwd: import.meta.dirname,
    platform: 'browser',
    plugins: [
      {
        name: 'page',
        resolveId: (id) => (id === 'page.js' ? `${import.meta.dirname}/page.js` : null),
        load: (id) => (id.endsWith('page.js') ? code : null),
      },
    ],
  });
  const { output } = await bundle.generate({ format: 'iife' });
  return output[0].code;
}

/** A page whose origin is not that of the mock. */
async function openPage(): Promise<Page> {
  const server = createServer((_, response) => response.setHeader('content-type', 'text/html').end('<title>app</title>'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const page = await (browser ?? expect.unreachable()).newPage();
  await page.goto(`http://127.0.0.1:${(server.address() as AddressInfo).port}/`);
  await page.addScriptTag({ content: script });
  server.close();
  server.closeAllConnections();
  return page;
}

function ask(page: Page, baseURL: string, kind: string, times = 1): Promise<string[]> {
  return page.evaluate(`ask(${JSON.stringify(baseURL)}, ${JSON.stringify(kind)}, ${times})`);
}

test.skipIf(program === undefined).each(['whole', 'streamed', 'responses'])(
  '%s: a page reads what it asked for',
  async (kind) => {
    const mock = await startMock({ replies: [{ content: 'Bonjour' }] });
    const page = await openPage();
    expect(await ask(page, mock.baseURL, kind)).toEqual(['Bonjour']);
    await page.close();
  },
);

test.skipIf(program === undefined)('under flaky the SDK in a page retries, and each call is known exactly', async () => {
  const mock = await startMock('flaky');
  const page = await openPage();
  const texts = await ask(page, mock.baseURL, 'whole', 25);
  await page.close();
  expect(texts).toHaveLength(25);
  const calls = mock.calls();
  expect(calls.some(({ attempts }) => attempts.length > 1)).toBe(true);
  expect(new Set(calls.map(({ certainty }) => certainty))).toEqual(new Set(['exact']));
  expect(mock.verdict(undefined, { ended: true }).verdict).not.toBe('inconclusive');
});

test.skipIf(program === undefined)('with cors: false a page reads nothing', async () => {
  const mock = await startMock({ cors: false });
  const page = await openPage();
  expect(await page.evaluate(`fetch(${JSON.stringify(`${mock.baseURL}/models`)}).then(() => 'read', () => 'refused')`)).toBe(
    'refused',
  );
  await page.close();
});
