import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { CLIENTS } from '../../clients/catalogue.mjs';
import { clientsHead, clientsPage, type Result } from '../../clients/page.mjs';
import { backoffRules } from '../../src/core/backoff/registry.ts';
import { pageText } from '../support/pages.ts';

/* `npm run clients -- --table` writes the page and the head of it in the README from the results that are kept. */

const folder = fileURLToPath(new URL('../../clients/results', import.meta.url));
const results = readdirSync(folder).map((file) => JSON.parse(readFileSync(join(folder, file), 'utf8')) as Result);

test('the page of the clients says what their probes found', () => {
  expect(pageText('docs/clients.md')).toBe(clientsPage(CLIENTS, results));
});

test('the README shows its head', () => {
  expect(pageText('README.md')).toContain(`<!-- clients -->\n${clientsHead(CLIENTS, results)}\n<!-- /clients -->`);
});

test('each result is of a client of the catalogue, and of rules that there are', () => {
  const ids = CLIENTS.map(({ id }) => id);
  expect(new Set(ids).size).toBe(ids.length);
  for (const { client, rules, installed } of results) {
    expect(ids).toContain(client);
    expect(installed).toMatch(/\d/);
    const known: readonly string[] = backoffRules.map(({ id }) => id);
    expect(known).toEqual(expect.arrayContaining(Object.keys(rules)));
  }
});
