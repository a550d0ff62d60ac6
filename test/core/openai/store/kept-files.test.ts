import { expect, test } from 'vitest';
import { KeptFiles } from '../../../../src/core/openai/store/kept-files.ts';
import type { StoredBatch, StoredFile, StoredLine } from '../../../../src/core/openai/store/stored-file.ts';

const MIB = 1024 * 1024;
const created = () => new KeptFiles((bytes) => Buffer.from(bytes).toString());
const file = (id: string): StoredFile => ({ id, purpose: 'batch', filename: id, bytes: 0, createdAt: 1, expiresAt: null });
const line = (bytes: number, isGood = true): StoredLine => ({
  ...{ doneAt: 0, isGood, text: 'x'.repeat(bytes), bytes, tokens: { input: 1, output: 1, total: 2 } },
});
const batch = (id: string, lines: readonly StoredLine[]): StoredBatch => ({
  ...{ id, endpoint: '/v1/chat/completions', model: null, inputFileId: 'in', completionWindow: '24h', metadata: null },
  ...{ createdAt: 0, createdWallMs: 0, validatedAt: 0, finalizingAt: 0, endsAt: 0, problems: [], deleted: [] },
  ...{ lines, output: file(`${id} output`), errors: file(`${id} errors`) },
});
const keep = (kept: KeptFiles, id: string, bytes: number) =>
  kept.apply({ change: 'keep file', file: file(id), content: new Uint8Array(bytes) });
const newBatch = { about: 'new batch', input: 'in', endpoint: '/v1/chat/completions' } as const;

test('what makes more than 64 MiB is refused, until a file is deleted', () => {
  const kept = created();
  keep(kept, 'a', 63 * MIB);
  const asked = { about: 'new file', bytes: MIB + 1 } as const;
  expect(kept.find(asked)).toMatchObject({ is: 'no room', advice: 'Delete files, or reset the session.' });
  expect(kept.find({ ...asked, bytes: MIB })).toEqual({ is: 'room' });
  kept.apply({ change: 'delete file', id: 'a' });
  expect(kept.find(asked)).toEqual({ is: 'room' });
});

test('a thousand files and a thousand batches are kept', () => {
  const kept = created();
  for (let n = 0; n < 999; n++) keep(kept, `file ${n}`, 1);
  expect(kept.find({ about: 'new file', bytes: 1 })).toEqual({ is: 'room' });
  keep(kept, 'in', 1);
  expect(kept.find({ about: 'new file', bytes: 1 })).toMatchObject({ is: 'no room', most: '1,000 files' });
  for (let n = 0; n < 999; n++) kept.apply({ change: 'keep batch', batch: batch(`batch ${n}`, []) });
  expect(kept.find(newBatch)).toMatchObject({ is: 'input' });
  kept.apply({ change: 'keep batch', batch: batch('last', []) });
  expect(kept.find(newBatch)).toMatchObject({ is: 'no room', most: '1,000 batches', advice: 'Reset the session.' });
});

test('a file of a batch that is deleted gives its room back, and its batch still tells what it cost', () => {
  const kept = created();
  keep(kept, 'in', 1);
  kept.apply({ change: 'keep batch', batch: batch('b', [line(3_000), line(200, false)]) });
  const full = 64 * MIB - 1;
  const room = () => kept.find(newBatch);
  expect(room()).toMatchObject({ room: full - 3_200 });
  kept.apply({ change: 'delete file', id: 'b output' });
  expect(room()).toMatchObject({ room: full - 200 });
  expect(kept.find({ about: 'file', id: 'b output', withContent: true })).toEqual({
    is: 'missing',
    what: 'file',
    id: 'b output',
  });
  expect(kept.find({ about: 'file', id: 'b errors', withContent: true })).toMatchObject({ is: 'file of a batch' });
  kept.apply({ change: 'delete file', id: 'b errors' });
  expect(room()).toMatchObject({ room: full });
  expect(kept.find({ about: 'batch', id: 'b' })).toMatchObject({
    batch: {
      lines: [
        { isGood: true, tokens: { total: 2 } },
        { isGood: false, tokens: { total: 2 } },
      ],
    },
  });
});
