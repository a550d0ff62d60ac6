import type { EndpointName } from './endpoint.ts';
import { type ApiRequest, asList, asRecord, fieldsOf } from './request.ts';

/** What is asked about: a text, or the ids of its tokens. */
export type Input = string | readonly number[];

/** The `prompt` of a completion that gives none (wire.md 5). */
const DEFAULT_PROMPT = '<|endoftext|>';

/** Where the endpoints that have no messages take their inputs from. */
const FIELDS: Partial<Record<EndpointName, string>> = {
  completions: 'prompt',
  embeddings: 'input',
  moderations: 'input',
};

/**
 * The inputs of the request, undefined for an endpoint that takes messages. A list of numbers is one input, and so are
 * the content parts of a moderation: their texts together.
 */
export function inputsOf(request: ApiRequest): readonly Input[] | undefined {
  const field = request.endpoint && FIELDS[request.endpoint];
  if (field === undefined) return undefined;
  const value = fieldsOf(request)[field];
  if (request.endpoint === 'completions' && (value === undefined || value === null)) return [DEFAULT_PROMPT];
  return inputsIn(value);
}

/** The inputs that a field holds. */
export function inputsIn(value: unknown): readonly Input[] {
  if (typeof value === 'string') return [value];
  const list = asList(value);
  if (list.length > 0 && isTokens(list)) return [list];
  const parts = list.map(asRecord).filter((part) => part !== undefined);
  if (parts.length > 0) return [parts.map(({ text }) => (typeof text === 'string' ? text : '')).join('')];
  return list.filter((entry): entry is Input => typeof entry === 'string' || (Array.isArray(entry) && isTokens(entry)));
}

/** The texts among the inputs. */
export function inputTexts(inputs: readonly Input[]): string[] {
  return inputs.filter((input) => typeof input === 'string');
}

/** How many tokens came as ids. */
export function tokenIds(inputs: readonly Input[]): number {
  return inputs.reduce((total, input) => total + (typeof input === 'string' ? 0 : input.length), 0);
}

/** Whether all of them are whole numbers: token ids. */
export function isTokens(list: readonly unknown[]): list is readonly number[] {
  return list.every((entry) => Number.isInteger(entry));
}
