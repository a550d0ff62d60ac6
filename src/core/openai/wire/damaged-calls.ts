import type { CallDamage } from './answer-editor.ts';

/** A call of a function, as far as it is damaged. */
export interface NamedCall {
  readonly id: unknown;
  readonly name: unknown;
  /** JSON text. */
  readonly arguments: string;
}

/** All calls of an answer in one piece. Calls of the same index are one, as those read them who put streams together. */
export function damagedCalls<Call extends NamedCall>(calls: readonly Call[], how: CallDamage): readonly Call[] {
  const [first] = calls;
  if (first === undefined) return calls;
  if (how === 'same_index') return [{ ...first, arguments: calls.map((call) => call.arguments).join('') }];
  return calls.map((call) => ({
    ...call,
    id: how === 'repeated_id' ? first.id : call.id,
    name: damagedName(call.name, how),
    arguments: damagedArguments(call.arguments, how),
  }));
}

/** The name that a call has. */
export function damagedName(name: unknown, how: CallDamage): unknown {
  return how === 'unknown_tool' && typeof name === 'string' ? `no_such_${name}` : name;
}

/** The whole arguments. What breaks off, or has a brace too many, is not JSON. */
export function damagedArguments(given: string, how: CallDamage): string {
  switch (how) {
    case 'cut':
      return firstHalf(given);
    case 'malformed':
      return `{${given}`;
    case 'empty_arguments':
      return '';
    default:
      return given;
  }
}

export function firstHalf(text: string): string {
  return text.slice(0, Math.floor(text.length / 2));
}
