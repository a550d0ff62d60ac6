import type { ReportInput } from '../../core/report/report.ts';
import { renderTerminal } from '../../core/report/terminal.ts';

/** Columns of logs: wide enough for a piece of evidence in one line. */
const LOG_COLUMNS = 120;

/** The verdict on stderr, with what there is to say besides. */
export function printVerdict(input: ReportInput, notes: readonly string[]): void {
  const { isTTY = false, columns = 0 } = process.stderr;
  const color = isTTY && (process.env['NO_COLOR'] ?? '') === '';
  process.stderr.write(renderTerminal(input, { color, width: columns > 0 ? columns : LOG_COLUMNS }));
  for (const note of notes) process.stderr.write(`${note}\n`);
}
