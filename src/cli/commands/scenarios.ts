import { unknownName } from '../../core/schema/fields.ts';
import { libraries } from '../../libraries.ts';
import { bundledScenarios, fileSource, loadScenario, namedPath, ownScenarios } from '../../scenario-files/load-scenario.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode } from '../output/exit-code.ts';
import { table } from '../output/table.ts';

/**
 * Prints the scenarios that have a name: the bundled ones, and those in the folder `scenarios` of the working directory,
 * each with what its first comment says it proves; or everything about one. Throws a UsageError when none has that name.
 */
export function listScenarios(name: string | undefined, { json = false }: { json?: boolean }): number {
  const names = [...new Set([...ownScenarios(), ...bundledScenarios()])].sort();
  if (name === undefined) {
    const rows = names.map((each) => ({ name: each, proves: firstComment(textOf(each)) }));
    process.stdout.write(json ? `${JSON.stringify(rows, null, 2)}\n` : table(rows.map(({ name, proves }) => [name, proves])));
    return exitCode.pass;
  }
  if (!names.includes(name)) throw new UsageError(unknownName('scenario', name, names));
  const told = everythingAbout(name);
  process.stdout.write(json ? `${JSON.stringify(told, null, 2)}\n` : inWords(told));
  return exitCode.pass;
}

function everythingAbout(name: string) {
  const file = namedPath(name);
  const source = fileSource(file);
  const text = 'text' in source ? source.text : '';
  const { scenario, raw } = loadScenario(source, libraries);
  return { name, proves: firstComment(text), description: scenario.description, file, text, scenario: raw };
}

function inWords({ name, proves, description, file, text }: ReturnType<typeof everythingAbout>): string {
  const about = [name, proves, ...(description === undefined ? [] : [description.trim()]), file];
  return `${about.join('\n')}\n\n${text.trimEnd()}\n\nmock-openai explain ${name}  says it in words, and plays requests through it.\n`;
}

function textOf(name: string): string {
  const source = fileSource(namedPath(name));
  return 'text' in source ? source.text : '';
}

/** The first comment that is not an instruction to an editor; it may run over several lines. */
function firstComment(text: string): string {
  const lines = text.split('\n').filter((line) => !line.startsWith('# yaml-language-server:'));
  const end = lines.findIndex((line) => !line.startsWith('#'));
  return lines
    .slice(0, end < 0 ? lines.length : end)
    .map((line) => line.replace(/^#\s*/, ''))
    .join(' ')
    .trim();
}
