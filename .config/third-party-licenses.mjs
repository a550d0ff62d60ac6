import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes the licences of all packages from which something is in a bundle. One plug-in may serve several bundles. */
export function thirdPartyLicenses(file) {
  const texts = new Map();
  return {
    name: 'third-party-licenses',
    generateBundle(_options, bundle) {
      for (const { modules = {} } of Object.values(bundle))
        for (const [path, { renderedLength }] of Object.entries(modules)) {
          const folder = /^.*\/node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path.replaceAll('\\', '/'))?.[0];
          if (folder !== undefined && renderedLength > 0 && !texts.has(folder)) texts.set(folder, licenseOf(folder));
        }
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, [...texts.values()].sort().join(`\n${'-'.repeat(80)}\n\n`));
    },
  };
}

function licenseOf(folder) {
  const { name, version, license, author } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  if (license === undefined) throw new Error(`${name}@${version} names no licence`);
  const [file] = readdirSync(folder).filter((entry) => /^licen[cs]e/i.test(entry));
  const holder = typeof author === 'object' ? author.name : author;
  const text = file === undefined ? `Copyright (c) ${holder}` : readFileSync(join(folder, file), 'utf8').trim();
  return `${name} ${version} (${license})\n\n${text}\n`;
}
