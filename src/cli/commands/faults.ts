import { stringify } from 'yaml';
import type { Fault, InjectionPoint } from '../../core/faults/fault.ts';
import { isSpoilt } from '../../core/faults/leaves.ts';
import { faults } from '../../core/faults/registry.ts';
import { unknownName } from '../../core/schema/fields.ts';
import { UsageError } from '../options/usage-error.ts';
import { exampleRule } from '../output/example-fault.ts';
import { exitCode } from '../output/exit-code.ts';
import { type ParameterSchema, parametersOf, schemaOf, typeInWords } from '../output/parameters.ts';
import { table } from '../output/table.ts';

interface Listing {
  readonly json?: boolean;
}

/** Prints the catalogue of faults, or everything about one of them. Throws a UsageError when none has that name. */
export function listFaults(name: string | undefined, { json = false }: Listing): number {
  if (name === undefined) {
    const rows = faults.map(({ name, status, kind, summary }) => [name, status === undefined ? kind : String(status), summary]);
    process.stdout.write(json ? `${JSON.stringify(faults.map(asJson), null, 2)}\n` : table(rows));
    return exitCode.pass;
  }
  const fault = faults.find((each) => each.name === name);
  if (fault === undefined) throw new UsageError(unknownFault(name));
  process.stdout.write(json ? `${JSON.stringify(asJson(fault), null, 2)}\n` : inWords(fault));
  return exitCode.pass;
}

function unknownFault(name: string): string {
  const message = unknownName(
    'fault',
    name,
    faults.map((fault) => fault.name),
  );
  return message.includes('Did you mean') ? message : `${message} mock-openai faults lists them.`;
}

function asJson(fault: Fault): object {
  const { name, summary, leaves, kind, status, changes, source, terminal: final, injectedAt: strikes, errorCodes: says } = fault;
  const spoils = isSpoilt(leaves) || undefined;
  const parameters = schemaOf(fault.params);
  const example = exampleRule(fault);
  return { name, summary, spoils, kind, status, changes, source, final, strikes, says, parameters, example };
}

const STRIKES: Readonly<Record<InjectionPoint, string>> = {
  listener: 'the server as a whole, by the clock',
  accept: 'as the connection is accepted',
  edge: 'at the edge, before the key is looked at',
  gateway: 'at the gateway, once key, JSON and model are in order',
  api: 'at the API service, once the request is valid',
};

/** Everything about a fault, for a terminal. */
function inWords(fault: Fault): string {
  const { name, summary, status, kind, changes, errorCodes: says, source, params } = fault;
  const schema = schemaOf(params);
  return [
    `${name}  ${status === undefined ? kind : `${status}, ${kind}`}`,
    summary,
    '',
    `strikes   ${STRIKES[fault.injectedAt]}`,
    ...(changes === undefined ? [] : [`changes   ${changes === 'stream' ? 'streams' : 'answers in one piece'} only`]),
    ...(says === undefined ? [] : [`says      ${says.join(', ')}`]),
    ...(source === undefined ? [] : [`source    ${source}`]),
    '',
    ...parameterLines(schema),
    '',
    'Example:',
    `  ${stringify({ rules: [exampleRule(fault)] })
      .trimEnd()
      .replaceAll('\n', '\n  ')}`,
    '',
  ].join('\n');
}

/** What it takes: a value by itself, or parameters, its own ones first. */
function parameterLines(schema: ParameterSchema): string[] {
  if (schema.anyOf !== undefined) return [`It takes ${typeInWords(schema)}.`];
  const parameters = parametersOf(schema);
  if (parameters.length === 0) return ['It takes no parameters.'];
  const width = Math.max(...parameters.map(({ name }) => name.length));
  return [
    'Parameters, each of them optional:',
    ...parameters.flatMap(({ name, type, default: standard, description }) => [
      `  ${name.padEnd(width)}  ${type}${standard === undefined ? '' : ` (default ${standard})`}`,
      ...(description === '' ? [] : [`  ${' '.repeat(width)}  ${description}`]),
    ]),
  ];
}
