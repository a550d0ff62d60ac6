import { renderTerminal, type Told } from '../../core/report/terminal.ts';
import { terminalOptions } from './terminal-options.ts';

/** Columns of logs: wide enough for a piece of evidence in one line. */
const LOG_COLUMNS = 120;

/** The verdict on stderr, with what there is to say besides. */
export function printVerdict(input: Told, notes: readonly string[]): void {
  process.stderr.write(renderTerminal(input, terminalOptions(process.stderr, LOG_COLUMNS)));
  for (const note of notes) process.stderr.write(`${note}\n`);
}
