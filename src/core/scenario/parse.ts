import type { z } from 'zod';
import type { Libraries } from '../libraries.ts';
import { asList, asRecord } from '../openai/request/request.ts';
import { type PolicySpec, policySchema } from '../policy/policy-schema.ts';
import { formatPath, limitProblems, type Problem } from '../problem.ts';
import { checkRules, checkScenario } from './check.ts';
import { checkPolicy } from './check-policy.ts';
import { type ScenarioFinding, scenarioFinding } from './finding.ts';
import { findingsOf } from './issue-message.ts';
import { type LimitChange, limitChangeSchema } from './limit-schema.ts';
import { type PlainDocument, readObject } from './plain-object.ts';
import { type Rule, ruleSchema, type Scenario, scenarioSchema } from './schema.ts';
import { readYaml } from './yaml-document.ts';

/** Where a scenario or a policy comes from: text, or data that a program built. */
export type Source = { readonly file: string; readonly text: string } | { readonly file: string; readonly data: unknown };

/** The parsed value, or everything that is wrong with the source. */
export type Parsed<T> =
  | {
      readonly value: T;
      /** The data as written. */
      readonly raw: unknown;
      /** Findings at their places in the source. */
      place(findings: readonly ScenarioFinding[]): Problem[];
      readonly problems?: never;
    }
  | { readonly problems: readonly Problem[]; readonly value?: never };

/** Source → scenario. Reports all problems at once, each with its place. */
export function parseScenario(source: Source, libraries: Libraries): Parsed<Scenario> {
  const parsed = parse(source, {
    schema: scenarioSchema,
    empty: 'the file is empty: write {} for a scenario where all is healthy',
    prepare: (value) => value,
    check: (value) => checkScenario(value, libraries),
  });
  if (parsed.problems !== undefined) return parsed;
  const { value, raw } = parsed;
  return { ...parsed, value: { ...value, rules: withText(value.rules, asRecord(raw)?.['rules']) } };
}

/** One rule or a list of rules → rules. */
export function parseRules(source: Source, libraries: Libraries): Parsed<Rule[]> {
  const parsed = parse(source, {
    schema: ruleSchema.array().min(1),
    prepare: (value) => (Array.isArray(value) ? value : [value]),
    check: (value) => (Array.isArray(value) ? checkRules(value, libraries, []) : []),
  });
  return parsed.problems === undefined ? { ...parsed, value: withText(parsed.value, parsed.raw) } : parsed;
}

/** What limits become, by model or key → limit change. */
export function parseLimitChange(source: Source): Parsed<LimitChange> {
  return parse(source, {
    schema: limitChangeSchema,
    empty: 'the body is empty: write what becomes of an entry of limits, such as { "gpt-4o": { "rpm": 100 } }',
    prepare: (value) => value,
    check: (value) =>
      Object.keys(asRecord(value) ?? {}).length === 0 && asRecord(value) !== undefined
        ? [scenarioFinding([], 'changes nothing: name an entry of limits')]
        : [],
  });
}

/** Rules that know how they were written: to explain them. */
function withText(rules: readonly Rule[], raw: unknown): Rule[] {
  const texts = asList(raw);
  return rules.map((rule, index) => ({ ...rule, written: texts[index] }));
}

/** A policy file, or what stands under `expect:` → policy. */
export function parsePolicy(source: Source): Parsed<PolicySpec> {
  return parse(source, {
    schema: policySchema,
    empty: 'the file is empty: write {} for the default policy',
    prepare: withoutSchemaKey,
    check: (value) => checkPolicy(value, []),
  });
}

/** Editors are told the JSON Schema of a JSON file in a key of it. */
function withoutSchemaKey(value: unknown): unknown {
  const fields = asRecord(value);
  if (typeof fields?.['$schema'] !== 'string') return value;
  const { $schema: _ignored, ...rest } = fields;
  return rest;
}

interface Steps<T> {
  readonly schema: z.ZodType<T>;
  /** What is told of a text without a value; undefined where that is no case of its own. */
  readonly empty?: string;
  prepare(value: unknown): unknown;
  check(value: unknown): ScenarioFinding[];
}

function parse<T>(source: Source, { schema, empty, prepare, check }: Steps<T>): Parsed<T> {
  const read = 'text' in source ? readYaml(source.text, source.file) : readObject(source.data, source.file);
  if ('problems' in read) return { problems: read.problems };
  const { document } = read;
  const isEmpty = 'text' in source && document.value === null && (document.problems?.length ?? 0) === 0;
  if (isEmpty && empty !== undefined) return { problems: [{ file: source.file, line: 1, column: 1, path: '', message: empty }] };
  const value = prepare(document.value);
  const result = schema.safeParse(value, { reportInput: false });
  const findings = [...(result.success ? [] : findingsOf(result.error.issues, value)), ...check(value)].map(
    // A single value that was made a list stands at the top of the text.
    (found) => (Array.isArray(value) && !Array.isArray(document.value) ? { ...found, path: found.path.slice(1) } : found),
  );
  const faulty = findings.length > 0 || (document.problems?.length ?? 0) > 0;
  if (faulty || !result.success) return { problems: locate(findings, document, source.file) };
  return { value: result.data, raw: value, place: (found) => locate(found, document, source.file) };
}

/** Findings at their places, together with what is wrong with the text itself, in the order of the file. */
function locate(findings: readonly ScenarioFinding[], document: PlainDocument, file: string): Problem[] {
  const { readableTo } = document;
  const told = readableTo === undefined ? findings : findings.filter((found) => !mayGoOn(found, document, readableTo));
  const unique = new Map(told.map((found) => [`${formatPath(found.path)}\u0000${found.message}`, found]));
  const found = [...unique.values()].map(({ path, part, message }): Problem => {
    const at = document.locate?.(path, part);
    return { file, ...at, path: formatPath(path), message };
  });
  const kept = readableTo === undefined ? found : found.filter((problem) => isBefore(problem, readableTo));
  const sorted = [...(document.problems ?? []), ...kept].sort((a, b) => (isBefore(a, b) ? -1 : isBefore(b, a) ? 1 : 0));
  return limitProblems(sorted, file);
}

/** What is lacking in the last item of a list may stand behind the place where the syntax breaks. */
function mayGoOn({ lacking, path }: ScenarioFinding, { locate: place }: PlainDocument, end: Position): boolean {
  const [index, ...list] = path.toReversed();
  if (lacking === undefined || typeof index !== 'number') return false;
  const [start, next] = [place?.(path, 'value') ?? {}, place?.([...list.toReversed(), index + 1], 'value') ?? {}];
  // What does not exist is placed where its list begins.
  return !(isBefore(start, next) && isBefore(next, end));
}

function isBefore(a: Partial<Position>, b: Partial<Position>): boolean {
  const [lineA = 0, lineB = 0] = [a.line, b.line];
  return lineA < lineB || (lineA === lineB && (a.column ?? 0) < (b.column ?? 0));
}

interface Position {
  readonly line: number;
  readonly column: number;
}
