import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { reports } from '../../src/report/registry.ts';
import { ReportError } from '../../src/report/report-error.ts';
import { writeReport, writeReports } from '../../src/report/write.ts';
import { naiveRun } from '../support/runs.ts';
import { tempFolder } from '../support/temp-folder.ts';

test('the folder gets every report that is a file, and nothing else', async () => {
  const folder = join(tempFolder(), 'deep/reports');
  const paths = await writeReports(folder, naiveRun());
  expect(readdirSync(folder).sort()).toEqual(['junit.xml', 'report.html', 'report.json', 'summary.md']);
  expect(paths.sort()).toEqual(
    readdirSync(folder)
      .sort()
      .map((file) => join(folder, file)),
  );
  for (const path of paths) expect(statSync(path).size).toBeGreaterThan(500);
});

test('reports of an earlier run are replaced', async () => {
  const folder = tempFolder({ 'summary.md': 'old' });
  await writeReports(folder, naiveRun());
  expect(readFileSync(join(folder, 'summary.md'), 'utf8')).toContain('never');
});

test.each([
  ['file', 'there is a file of that name'],
  ['file/below', 'a part of the path is a file'],
])('%s: what cannot be written is told in one line', async (name, reason) => {
  const folder = join(tempFolder({ file: '' }), name);
  await expect(writeReports(folder, naiveRun())).rejects.toEqual(new ReportError(`cannot write reports to ${folder}: ${reason}`));
});

test.runIf(process.platform === 'linux')('a folder that the system does not make is told of, not waited for', async () => {
  await expect(writeReports('/proc/x/y', naiveRun())).rejects.toThrow(
    'cannot write reports to /proc/x/y: nothing can be made there',
  );
});

test('what fails half-way leaves no unfinished file', async () => {
  const folder = tempFolder({ 'report.html/is-a-folder': '' });
  await expect(writeReports(folder, naiveRun())).rejects.toThrow('there is a folder of that name');
  expect(readdirSync(folder).filter((file) => file.endsWith('.tmp'))).toEqual([]);
});

test('a single report goes to a file of any name', async () => {
  const folder = tempFolder();
  await writeReport('junit', join(folder, 'ci/results.xml'), naiveRun());
  expect(readFileSync(join(folder, 'ci/results.xml'), 'utf8')).toMatch(/^<\?xml/);
});

test('each report has an id and a file of its own', () => {
  const files = reports.flatMap(({ file }) => (file === null ? [] : [file]));
  expect(new Set(files).size).toBe(files.length);
  expect(new Set(reports.map(({ id }) => id)).size).toBe(reports.length);
});
