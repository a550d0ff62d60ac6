import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const MAIN = new URL('../../dist/cli/main.js', import.meta.url);

/** Text of the built file and of every built file that loading it loads at once; dynamic imports are left out. */
function loadedWith(file: URL): string {
  const waiting = [file.href];
  let text = '';
  for (const url of waiting) {
    const source = readFileSync(new URL(url), 'utf8');
    text += source;
    for (const [, name = ''] of source.matchAll(/^(?:import|export)\b[^'"();]*["'](\.[^'"]+)["'];?$/gm)) {
      const next = new URL(name, url).href;
      if (!waiting.includes(next)) waiting.push(next);
    }
  }
  return text;
}

/** The built file of a command, which `main.js` imports when it is given. */
function loadedBy(command: string): string {
  const name = new RegExp(`import\\("([^"]*/${command}\\.js)"\\)`).exec(readFileSync(MAIN, 'utf8'))?.[1];
  return loadedWith(new URL(name ?? `no file of ${command}`, MAIN));
}

const ZOD = /\$ZodType/;
const YAML = /YAMLParseError/;

test('a healthy server starts without the libraries that read a scenario', () => {
  const loaded = loadedBy('serve');
  expect(loaded).toContain('/v1/chat/completions');
  expect(loaded).not.toMatch(ZOD);
  expect(loaded).not.toMatch(YAML);
});

test('what reads scenarios loads them', () => {
  expect(loadedBy('check')).toMatch(ZOD);
  expect(loadedBy('check')).toMatch(YAML);
});
