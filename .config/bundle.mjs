/*
 * JavaScript of the package: few files, for each costs a third of a millisecond of every start. The programs that are
 * started by path keep their places; what they share is in chunks/.
 */
import { chmodSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DRAFT_07_CHECK, draft07Check } from './draft-07-check.mjs';

/** Started by path. */
export const PROGRAMS = [
  'cli/main',
  'cluster/worker-process',
  'harness/background-process',
  'harness/client-process',
  'harness/gateway-front-process',
  'harness/group-guard-process',
  'harness/hammer-process',
  'harness/load-process',
];

/** Libraries that are loaded by `require` when they are first used, a file each: `#libraries/ws` is dist/libraries/ws.cjs. */
const LAZY_LIBRARIES = {
  'asn1-schema': '@peculiar/asn1-schema',
  'asn1-x509': '@peculiar/asn1-x509',
  autocannon: 'autocannon',
  'draft-07-check': DRAFT_07_CHECK,
  'json-schema-faker': 'json-schema-faker',
  o200k_base: 'gpt-tokenizer/encoding/o200k_base',
  re2js: 're2js',
  ws: 'ws',
};

/** What ws takes where it is installed. */
const FASTER_MASKING = ['bufferutil', 'utf-8-validate'];

/** npm makes a bin executable only where it links the package for the first time; a later build would undo that. */
const executableBin = {
  name: 'executable-bin',
  writeBundle: ({ dir }) => chmodSync(join(dir, 'cli/main.js'), 0o755),
};

/** The live page in one file: its style and its script go into its HTML. */
const livePage = {
  name: 'live-page',
  generateBundle(_options, bundle) {
    const [[fileName, { code }]] = Object.entries(bundle);
    delete bundle[fileName];
    const source = readFileSync('live-page/page.html', 'utf8')
      .replace('<style></style>', () => `<style>${readFileSync('live-page/page.css', 'utf8')}</style>`)
      .replace('<script></script>', () => `<script>${code.replaceAll('</script', '<\\/script')}</script>`);
    this.emitFile({ type: 'asset', fileName: 'live-page.html', source });
  },
};

/**
 * Options of rolldown for the entries of src/ and the lazy libraries, in a folder. `external` says of an id whether it stays
 * outside; `licenses` is the plug-in that writes those of what is inside.
 */
export function bundleInto(dir, { entries, external, licenses, plugins = [] }) {
  return [
    {
      plugins: [...plugins, executableBin, licenses],
      input: Object.fromEntries(entries.map((entry) => [entry, `src/${entry}.ts`])),
      platform: 'node',
      external,
      output: {
        dir,
        entryFileNames: '[name].js',
        chunkFileNames: 'chunks/[name].js',
        comments: false,
      },
    },
    {
      plugins: [draft07Check, licenses],
      input: LAZY_LIBRARIES,
      platform: 'node',
      external: (id) => id.startsWith('node:') || FASTER_MASKING.includes(id),
      // hdr-histogram-js asks for zlib by eval.
      checks: { mixedExports: false, eval: false },
      output: {
        dir: join(dir, 'libraries'),
        format: 'cjs',
        entryFileNames: '[name].cjs',
        chunkFileNames: '[name].cjs',
        comments: false,
        minify: true,
      },
    },
    {
      plugins: [livePage],
      input: 'live-page/main.ts',
      platform: 'browser',
      output: { dir, format: 'iife', comments: false, minify: true },
    },
  ];
}
