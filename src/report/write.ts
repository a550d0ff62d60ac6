import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { printable } from '../core/report/printable.ts';
import type { ReportInput } from '../core/report/report.ts';
import { reports } from './registry.ts';

/** A report cannot be written: shown as one line, without a stack trace. */
export class ReportError extends Error {
  override readonly name = 'ReportError';
}

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left on the device',
  EEXIST: 'there is a file of that name',
  ENOTDIR: 'a part of the path is a file',
  EISDIR: 'there is a folder of that name',
};

/** Writes every report that is a file into the folder, which it makes; returns their paths. All are rendered before any is written. */
export async function writeReports(folder: string, input: ReportInput): Promise<string[]> {
  const rendered: (readonly [path: string, text: string])[] = [];
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
  await writeAll([[path, await report.render(input)]], dirname(resolve(path)));
}

/** Every file beside its place first: what cannot be written leaves what was there before. */
async function writeAll(files: readonly (readonly [path: string, text: string])[], folder: string): Promise<void> {
  const pending = files.map(([path, text]) => ({
    path,
    text,
    aside: join(dirname(path), `.${basename(path)}.${process.pid}.tmp`),
  }));
  try {
    await mkdir(folder, { recursive: true });
    for (const { aside, text } of pending) await writeFile(aside, text);
    for (const { aside, path } of pending) await rename(aside, path);
  } catch (error) {
    await Promise.all(pending.map(({ aside }) => rm(aside, { force: true }).catch(() => undefined)));
    const { code = '', message } = error as NodeJS.ErrnoException;
    throw new ReportError(`cannot write reports to ${printable(folder)}: ${REASONS[code] ?? printable(message)}`);
  }
}
