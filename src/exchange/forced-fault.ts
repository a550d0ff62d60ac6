import { isMeantFor, needTls } from '../core/faults/bound-fault.ts';
import { faultsByName } from '../core/faults/registry.ts';
import { asRecord } from '../core/openai/request/request.ts';
import { type Step, stepOf } from '../core/plan/compile.ts';
import { type Problem, ScenarioError } from '../core/problem.ts';
import { faultSchema } from '../core/scenario/fault-schema.ts';
import { findingsOf } from '../core/scenario/issue-message.ts';
import { readYaml } from '../core/scenario/yaml-document.ts';
import type { Carrier } from '../core/wire/carrier.ts';

const FILE = 'x-mock-fault';
const CARRIED: Readonly<Record<Carrier, string>> = {
  response: 'HTTP',
  handshake: 'a handshake',
  frames: 'a WebSocket',
  line: 'a line of a batch',
};
const NAME = /^[a-z0-9_]+$/;

/**
 * Reads `x-mock-fault`: `rate_limit; retry_after=2s`, several faults separated by commas, or the fault as YAML in
 * braces. Throws a ScenarioError that says what is wrong with it, also where it means nothing to an answer that travels so.
 */
export function parseForcedFault(header: string, carrier: Carrier = 'response'): Step {
  const text = header.trim();
  const value = /^[[{]/.test(text) ? readFlow(text) : splitOutside(text, ',').map(readShort);
  const result = faultSchema.safeParse(value);
  if (result.success) {
    const step = stepOf(result.data, faultsByName);
    if (step.strikes === 'listener')
      return refuse(`${namesOf(step)} takes down the whole server, and a header speaks of one request`);
    if (step.isTimed) return refuse(`${namesOf(step)} depends on the span of a rule, and a header has none`);
    if (needTls(step.faults)) return refuse(`${namesOf(step)} strikes as connections are opened, and a header comes later`);
    if (isMeantFor(step.faults, carrier)) return step;
    return refuse(`${namesOf(step)} means nothing to ${CARRIED[carrier]}`);
  }
  const problems = findingsOf(result.error.issues, value).map(({ path, message }): Problem => {
    return {
      file: FILE,
      path: path.slice(Array.isArray(value) ? 1 : 0).join('.'),
      message,
    };
  });
  throw new ScenarioError(problems);
}

function namesOf({ calls }: Step): string {
  return calls.map(({ name }) => name).join(', ');
}

/** Text in quotes. */
const QUOTED = /"(?:[^"\\]|\\.)*"|'(?:[^']|'')*'/sy;

/** By how much a bracket changes the depth of what follows. */
const DEPTH: Readonly<Record<string, number>> = { '{': 1, '[': 1, '}': -1, ']': -1 };

/** Splits at a separator that stands in no brackets and no quotes. Quotes count where they begin a value. */
function splitOutside(text: string, separator: ',' | ';'): string[] {
  const parts: string[] = [];
  let start = 0;
  let depth = 0;
  let beginsValue = false;
  for (let at = 0; at < text.length; at++) {
    const char = text.charAt(at);
    depth += DEPTH[char] ?? 0;
    if (char === separator && depth <= 0) {
      parts.push(text.slice(start, at).trim());
      start = at + 1;
    }
    if (beginsValue && (char === '"' || char === "'")) at += quotedLength(text, at) - 1;
    if (char.trim() !== '') beginsValue = '=:,[{'.includes(char);
  }
  return [...parts, text.slice(start).trim()];
}

/** Of the text in quotes that begins at this place; 1 where the quotes are not closed. */
function quotedLength(text: string, at: number): number {
  QUOTED.lastIndex = at;
  return QUOTED.exec(text)?.[0].length ?? 1;
}

/** `name; key=value; key=value` → what a scenario would write. Values are YAML scalars. */
function readShort(text: string): unknown {
  const [name = '', ...pairs] = splitOutside(text, ';').filter((part, index) => index === 0 || part !== '');
  if (!NAME.test(name)) refuse(`expected the name of a fault, found ${JSON.stringify(name)}`);
  if (pairs.length === 0) return name;
  const entries = pairs.map((pair) => {
    const equals = pair.indexOf('=');
    if (equals < 1) refuse(`expected parameters such as retry_after=2s, found ${JSON.stringify(pair)}`);
    return [pair.slice(0, equals).trim(), readFlow(pair.slice(equals + 1).trim())];
  });
  return { [name]: Object.fromEntries(entries) };
}

function readFlow(text: string): unknown {
  const read = readYaml(text, FILE);
  const problems = 'problems' in read ? read.problems : read.document.problems;
  if ('problems' in read || problems.length > 0) return refuse(problems[0]?.message ?? 'not readable');
  const { value } = read.document;
  return asRecord(value) ?? value;
}

function refuse(message: string): never {
  throw new ScenarioError([{ file: FILE, path: '', message }]);
}
