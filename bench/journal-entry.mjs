import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ENTRIES = 200_000;
const MODULES = {
  journal: 'src/core/journal/journal.ts',
  archive: 'src/session/record-archive.ts',
  record: 'test/support/journal-record.ts',
};

/** What it costs to note a request in a full journal and to put it away, in microseconds; the least of several rounds. */
export async function journalEntry(rounds) {
  const { Journal, DEFAULT_BOUNDS, RecordArchive, JOURNAL_RECORD } = await internals();
  const costs = [];
  for (let round = 0; round <= rounds; round++) {
    const journal = new Journal(DEFAULT_BOUNDS, new RecordArchive());
    // One object for all: to copy it costs more than to note it.
    const record = { ...JOURNAL_RECORD, seq: 0 };
    const started = performance.now();
    for (let i = 0; i < ENTRIES; i++) {
      record.seq = journal.nextSeq;
      journal.append(record);
      journal.close(record);
    }
    if (round > 0) costs.push(((performance.now() - started) / ENTRIES) * 1_000);
  }
  return Math.min(...costs);
}

/** The package does not export them. */
async function internals() {
  const folder = mkdtempSync(join(tmpdir(), 'mock-openai-bench-'));
  try {
    const bundle = await rolldown({ input: MODULES, platform: 'node' });
    await bundle.write({ dir: folder, entryFileNames: '[name].mjs', chunkFileNames: '[name].mjs' });
    const modules = Object.keys(MODULES).map((name) => import(join(folder, `${name}.mjs`)));
    return Object.assign({}, ...(await Promise.all(modules)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
