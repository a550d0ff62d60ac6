/*
 * node .config/versions.mjs: writes the version of package.json where else it stands. A release runs it. The wheel and the image read
 * package.json when they are built.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');

/** Files, and what stands around the version in them. */
export const PLACES = [
  ['README.md', /(?<=mock-openai-)\d+\.\d+\.\d+(?:-[\w.]+)?(?=\.tgz)/g],
  ['deploy/helm/mock-openai/Chart.yaml', /(?<=^(?:version|appVersion): ).*$/gm],
];

/** The versions that a file names. */
export function versionsIn(file, pattern) {
  return readFileSync(join(root, file), 'utf8').match(pattern) ?? [];
}

if (process.argv[1] === import.meta.filename) {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [file, pattern] of PLACES) {
    const path = join(root, file);
    writeFileSync(path, readFileSync(path, 'utf8').replace(pattern, version));
  }
}
