import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const DIST = new URL('../../dist/', import.meta.url);

/** Every file and library that loading the built file loads at once, by import; dynamic imports are left out. */
function loadedWith(file: string): Set<string> {
  const found = new Set<string>();
  const waiting = [new URL(file, DIST).href];
  for (const url of waiting) {
    for (const [, name = ''] of readFileSync(new URL(url), 'utf8').matchAll(/^(?:import|export)\b[^'"();]*["']([^'"]+)["'];?$/gm)) {
      const isFile = name.startsWith('.');
      const next = isFile ? new URL(name, url).href : name;
      if (found.has(next)) continue;
      found.add(next);
      if (isFile) waiting.push(next);
    }
  }
  return found;
}

const serve = /import\("([^"]*serve[^"]*)"\)/.exec(readFileSync(new URL('cli/main.js', DIST), 'utf8'))?.[1] ?? '';

test('a healthy server starts without the libraries and the rules that read a scenario', () => {
  const loaded = [...loadedWith(new URL(serve, new URL('cli/', DIST)).href)];
  expect(loaded.length).toBeGreaterThan(10);
  expect(loaded.filter((name) => /^(?:zod|yaml)\b/.test(name))).toEqual([]);
});

test('what checks scenarios loads them', () => {
  const check = /import\("([^"]*check[^"]*)"\)/.exec(readFileSync(new URL('cli/main.js', DIST), 'utf8'))?.[1] ?? '';
  expect([...loadedWith(new URL(check, new URL('cli/', DIST)).href)]).toContain('zod');
});
