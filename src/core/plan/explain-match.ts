import type { Match } from '../scenario/match-schema.ts';
import { isSecretField } from '../text/hide-credentials.ts';
import type { Range } from '../units/range.ts';

const WORDS: Readonly<Record<string, string>> = { tool_result: 'last tool result' };

/** Which requests are meant: `requests to chat.completions and whose model is like gpt-4o*`, `every request`. */
export function explainMatch(match: Match = {}): string {
  const { endpoint, dialect, stream, has_tools: hasTools, header, tokens, turn, body, last_role: last, ...texts } = match;
  const conditions = kindOf({ endpoint, dialect, stream, has_tools: hasTools });
  for (const [name, pattern] of Object.entries(texts)) {
    const whole = name === 'key' && !/[*?/]/.test(String(pattern));
    conditions.push(whole ? 'with a certain key' : `whose ${WORDS[name] ?? name} is like ${pattern}`);
  }
  if (last !== undefined) conditions.push(`in which ${last} spoke last`);
  if (turn !== undefined) conditions.push(`for turn ${explainRange(turn, String)}`);
  conditions.push(...valuesIn(body), ...headersIn(header));
  if (tokens !== undefined) conditions.push(`of ${explainRange(tokens, String)} tokens`);
  return conditions.length === 0 ? 'every request' : `requests ${conditions.join(' and ')}`;
}

function valuesIn(body: Match['body'] = {}): string[] {
  return Object.entries(body).map(
    ([pointer, wanted]) => `with ${typeof wanted === 'string' ? `a value like ${wanted}` : String(wanted)} at ${pointer}`,
  );
}

/** A credential is not shown. */
function headersIn(header: Match['header'] = {}): string[] {
  return Object.entries(header).map(([name, pattern]) =>
    isSecretField(name) ? `with a certain ${name}` : `whose header ${name} is like ${pattern}`,
  );
}

function kindOf({ endpoint, dialect, stream, has_tools: hasTools }: Match): string[] {
  const conditions: string[] = [];
  if (endpoint !== undefined) conditions.push(`to ${endpoint}`);
  if (dialect !== undefined) conditions.push(`in the dialect ${dialect}`);
  if (stream !== undefined) conditions.push(stream ? 'that stream' : 'that do not stream');
  if (hasTools !== undefined) conditions.push(hasTools ? 'with tools' : 'without tools');
  return conditions;
}

/** `1 to 2`, `3 and more`. */
export function explainRange({ from, to }: Range, print: (end: number) => string): string {
  if (from === to) return print(from);
  return to === Number.POSITIVE_INFINITY ? `${print(from)} and more` : `${print(from)} to ${print(to)}`;
}
