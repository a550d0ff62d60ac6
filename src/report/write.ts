import { rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import type { ReportInput } from '../core/report/report.ts';
import { makeFolder } from './make-folder.ts';
import { reports } from './registry.ts';
import { ReportError } from './report-error.ts';

/** A text, or its pieces. */
type Text = string | Iterable<string>;

/** Writes every report that is a file into the folder, which it makes; returns their paths. None is in its place before all are written. */
export async function writeReports(folder: string, input: ReportInput): Promise<string[]> {
  const rendered: (readonly [path: string, text: Text])[] = [];
  for (const { file, render } of reports) {
    if (file !== null) rendered.push([join(folder, file), await render(input)]);
  }
  await writeAll(rendered, folder);
  return rendered.map(([path]) => path);
}

/** Writes one report to a file of any name, in a folder that it makes. */
export async function writeReport(id: string, path: string, input: ReportInput): Promise<void> {
  const report = reports.find((each) => each.id === id);
  if (report === undefined) throw new RangeError(`there is no report "${id}"`);
  await writeAll([[path, await report.render(input)]], dirname(resolve(path)), path);
}

/** Every file beside its place first: what cannot be written leaves what was there before. */
async function writeAll(files: readonly (readonly [path: string, text: Text])[], folder: string, place = folder): Promise<void> {
  const pending = files.map(([path, text]) => ({
    path,
    text,
    aside: join(dirname(path), `.${basename(path)}.${process.pid}.tmp`),
  }));
  try {
    makeFolder(folder);
    for (const { aside, text } of pending) await writeFile(aside, text);
    for (const { aside, path } of pending) await rename(aside, path);
  } catch (error) {
    await Promise.all(pending.map(({ aside }) => rm(aside, { force: true }).catch(() => undefined)));
    throw ReportError.of(place, error);
  }
}
