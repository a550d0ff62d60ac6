import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { rolldown } from 'rolldown';

const ENTRIES = 200_000;
const MODULES = { journal: 'src/core/journal/journal.ts', archive: 'src/session/record-archive.ts' };

/** What it costs to note a request in a full journal and to put it away, in microseconds; the least of several rounds. */
export async function journalEntry(rounds) {
  const { Journal, DEFAULT_BOUNDS, RecordArchive } = await internals();
  const costs = [];
  for (let round = 0; round <= rounds; round++) {
    const journal = new Journal(DEFAULT_BOUNDS, new RecordArchive());
    // One object for all: to copy it costs more than to note it.
    const record = { ...RECORD, seq: 0 };
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
    return { ...(await import(join(folder, 'journal.mjs'))), ...(await import(join(folder, 'archive.mjs'))) };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const RECORD = {
  place: { session: 'default', run: 'bench', scenario: 'healthy', seed: 1 },
  wallMs: 1_795_270_738_000,
  logicalId: '#1234',
  logicalIdFrom: 'first',
  certainty: 'likely',
  attemptSeq: 1,
  connId: 7,
  connReqSeq: 40,
  remotePort: 50_000,
  t_accept: 1.5,
  t_headers: 2.5,
  t_bodyEnd: 2.75,
  t_firstByteBefore: 3.5,
  t_lastByte: 3.75,
  t_clientClose: null,
  t_end: 3.875,
  closedBy: null,
  closedHow: null,
  bytesOut: 850,
  chunksOut: 0,
  eventsOut: 0,
  method: 'POST',
  path: '/v1/chat/completions',
  endpoint: 'chat.completions',
  model: 'gpt-4o',
  stream: false,
  bodyBytes: 300,
  bodyAt: 0,
  bodySha256: '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08',
  authorizationHash: '0123456789abcdef',
  headers: [null, null, null, null, null, null, null, 'bench', '*/*'],
  faultApplied: null,
  refusedBy: null,
  queuedMs: null,
  status: 200,
  errorCode: null,
  errorType: null,
  hint: null,
  shouldRetry: null,
  paceDueAt: null,
  xRequestId: 'req_ed1692f28b27414ebc298d2b377f052d',
};
