/*
 * A registry that serves only some platforms leaves the optional packages of the others out of package-lock.json, and
 * then `npm ci` refuses the file. This adds an entry for each of them, so that the lock file serves every platform.
 * Run by `npm run lock` after a change of dependencies.
 */
import { readFileSync, writeFileSync } from 'node:fs';

const FILE = 'package-lock.json';
const CPUS = { x64: 'x64', arm64: 'arm64', arm: 'arm', ia32: 'ia32', ppc64: 'ppc64', s390x: 's390x', riscv64: 'riscv64' };
const SYSTEMS = ['android', 'darwin', 'freebsd', 'linux', 'openharmony', 'win32'];

const lock = JSON.parse(readFileSync(FILE, 'utf8'));
const known = new Set(Object.keys(lock.packages).map((path) => path.split('node_modules/').at(-1)));
const added = [];

for (const parent of Object.values(lock.packages)) {
  for (const [name, version] of Object.entries(parent.optionalDependencies ?? {})) {
    if (known.has(name)) continue;
    const parts = name.split(/[/-]/);
    const os = SYSTEMS.find((system) => parts.includes(system));
    const cpu = Object.keys(CPUS).find((word) => parts.includes(word));
    if (os === undefined || cpu === undefined || !/^\d/.test(version))
      throw new Error(`cannot tell the platform of ${name}@${version}`);
    const libc = os !== 'linux' ? undefined : parts.some((part) => part.startsWith('musl')) ? 'musl' : 'glibc';
    lock.packages[`node_modules/${name}`] = {
      version,
      cpu: [cpu],
      ...(parent.dev ? { dev: true } : {}),
      ...(libc === undefined ? {} : { libc: [libc] }),
      optional: true,
      os: [os],
    };
    known.add(name);
    added.push(`${name}@${version}`);
  }
}

lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(FILE, `${JSON.stringify(lock, null, 2)}\n`);
process.stdout.write(`${added.length} entries added\n`);
