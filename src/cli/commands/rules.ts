import { stringify } from 'yaml';
import type { Probe } from '../../core/backoff/kit/probe.ts';
import type { BackoffRule } from '../../core/backoff/kit/rule.ts';
import { backoffRules } from '../../core/backoff/registry.ts';
import { unknownName } from '../../core/schema/fields.ts';
import { UsageError } from '../options/usage-error.ts';
import { exitCode } from '../output/exit-code.ts';
import { table } from '../output/table.ts';

/** Prints the catalogue of the rules of good retrying, or everything about one. Throws a UsageError when none has that id. */
export function listRules(id: string | undefined, { json = false }: { json?: boolean }): number {
  if (id === undefined) {
    const rows = backoffRules.map(({ id, severity, summary }) => [id, severity, summary]);
    process.stdout.write(json ? `${JSON.stringify(backoffRules.map(asJson), null, 2)}\n` : table(rows));
    return exitCode.pass;
  }
  const rule = backoffRules.find((each) => each.id === id);
  if (rule === undefined) throw new UsageError(unknownRule(id));
  process.stdout.write(json ? `${JSON.stringify(asJson(rule), null, 2)}\n` : inWords(rule));
  return exitCode.pass;
}

function unknownRule(id: string): string {
  const message = unknownName(
    'rule',
    id,
    backoffRules.map((rule) => rule.id),
  );
  return message.includes('Did you mean') ? message : `${message} mock-openai rules lists them.`;
}

function asJson({ check: _function, ...rule }: BackoffRule): object {
  return rule;
}

/** Everything about a rule, for a terminal. */
function inWords({
  id,
  severity,
  summary,
  source,
  confidence,
  measures,
  falseAlarmBound,
  needsOutcome,
  advice,
  probe,
  targetsProbe,
}: BackoffRule): string {
  return [
    `${id}  ${severity}, ${confidence}`,
    summary,
    '',
    `measures      ${measures}`,
    `false alarms  ${falseAlarmBound === 0 ? 'none' : `at most ${falseAlarmBound} a run of a good client`}`,
    ...(needsOutcome ? ['needs         what the client made of the call: probe and load know it'] : []),
    `advice        ${advice}`,
    `source        ${source}`,
    '',
    `How probe --only ${id} provokes it:`,
    situationsOf(probe),
    '',
    ...(targetsProbe === undefined
      ? []
      : [
          'The same in a client that takes several targets; the rules are those of the first provider:',
          situationsOf(targetsProbe),
          '',
        ]),
    'In a scenario, or without expect: in a policy file, one of off, info, warn, fail:',
    `  ${stringify({ expect: { rules: { [id]: severity === 'critical' ? 'fail' : 'warn' } } })
      .trimEnd()
      .replaceAll('\n', '\n  ')}`,
    '',
  ].join('\n');
}

function situationsOf({ variants }: Probe): string {
  const situations = variants.map(({ name, rules, limits }) => ({ situation: name, ...(limits && { limits }), rules }));
  return `  ${stringify(situations, { aliasDuplicateObjects: false }).trimEnd().replaceAll('\n', '\n  ')}`;
}
