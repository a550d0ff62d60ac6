import type { ErrorAnswer } from '../../errors/error.ts';
import {
  backgroundNotStored,
  backgroundOverSocket,
  encryptedContentUnreadable,
  inputTooLongForModel,
  invalidBody,
  invalidType,
  missingParameter,
  movedParameter,
  mutuallyExclusive,
  nothingAsked,
  promptNotFound,
  requestedModelNotFound,
  strangeId,
} from '../../errors/errors.ts';
import { jsonTypeName } from '../../errors/json-type-name.ts';
import { asList, asRecord } from '../../request/request.ts';
import { Checker, type CheckStyle } from '../../validation/checker.ts';
import type { Evidence } from '../../validation/evidence.ts';
import type { Rule } from '../../validation/rule.ts';
import type { Fields, Terms } from '../../validation/terms.ts';
import { unknownFieldError } from '../../validation/unknown-fields.ts';
import { itemOrderError } from './item-order.ts';
import { effortError, effortTypeError, samplingError, toolsOfModelError } from './responses-model-error.ts';
import { isKnownField, NAMED_FIELDS, responsesRules } from './responses-rules.ts';
import { formatSchemaError, functionSchemaError, jsonWordError } from './responses-schemas.ts';

/** One thing that the API looks at. The first that finds something wrong answers. */
export interface Check {
  readonly name: string;
  /** What its texts rest on, by what they say. */
  readonly texts: Readonly<Record<string, Evidence>>;
  find(fields: Fields, terms: Terms): ErrorAnswer | undefined;
}

/** What the Responses API calls what it got (wire-responses.md 5.2, "IT"). Of a list null is null, elsewhere an object. */
export const responsesStyle: CheckStyle = {
  typeName: (value) => (typeof value === 'number' && !Number.isInteger(value) ? 'a decimal number' : jsonTypeName(value)),
  nullIsAbsent: true,
  unreadable: invalidBody,
};

/**
 * Everything that is looked at, in the order of the API (wire-responses.md 5.1). What depends on requests before this one
 * comes between `exclusive` and `nothing asked`. The order of what is below `log probabilities` is not known.
 */
export const responsesChecks: readonly Check[] = [
  { name: 'model', texts: { missing: 'measured', type: 'measured' }, find: modelError },
  { name: 'input missing', texts: { missing: 'measured', null: 'measured' }, find: inputMissingError },
  {
    name: 'unknown fields',
    texts: { unknown: 'measured', 'meant otherwise': 'measured', messages: 'measured', 'other fields of chat': 'second-hand' },
    find: unknownError,
  },
  field('input', {
    'type, items, roles, parts, phase': 'measured',
    'ids of items, empty call_id': 'reported',
    'length of a text': 'reported',
    'other fields of items': 'unverified',
  }),
  { name: 'encrypted content', texts: { unreadable: 'reported' }, find: encryptedError },
  field('previous_response_id', { type: 'measured' }),
  { name: 'previous_response_id: characters', texts: { 'strange characters': 'reported' }, find: previousIdError },
  field('prompt', { type: 'unverified' }),
  field('moderation', { 'no model': 'measured' }),
  field('include', { values: 'measured' }),
  field('tools', { 'type, name': 'measured', 'names and number': 'reported', 'values of type': 'unverified' }),
  {
    name: 'tools: schemas',
    texts: { 'of a function': 'captured' },
    find: (fields, { libraries }) => functionSchemaError(fields, libraries),
  },
  field('tool_choice', { 'type, values, name': 'measured', 'values of type': 'unverified' }),
  field('metadata', { type: 'measured', number: 'measured', 'long value': 'measured', 'long key': 'unverified' }),
  field('text', { 'formats, name, verbosity': 'measured' }),
  {
    name: 'text: schema',
    texts: { 'of the answer': 'captured' },
    find: (fields, { libraries }) => formatSchemaError(fields, libraries),
  },
  field('temperature', { type: 'measured', bounds: 'captured' }),
  field('top_p', { type: 'measured', bounds: 'unverified' }),
  field('presence_penalty', { type: 'measured', bounds: 'unverified' }),
  field('frequency_penalty', { type: 'measured', bounds: 'unverified' }),
  field('parallel_tool_calls', { type: 'measured' }),
  field('stream', { type: 'measured' }),
  field('stream_options', { 'type, unknown fields': 'measured' }),
  field('background', { type: 'measured' }),
  { name: 'background: over WebSocket', texts: { 'not supported': 'unverified' }, find: socketError },
  field('max_output_tokens', { 'type, bound': 'measured' }),
  field('max_tool_calls', { 'type, bound': 'measured' }),
  { name: 'reasoning: type of effort', texts: { integer: 'measured' }, find: effortTypeError },
  field('reasoning', { 'effort, summary, unknown fields': 'measured' }),
  {
    name: 'reasoning: effort of the model',
    texts: { 'not of this model': 'measured', 'of no reasoning model': 'reported' },
    find: (fields, { model }) => effortError(fields, model),
  },
  field('user', { type: 'measured' }),
  field('safety_identifier', { type: 'measured', length: 'documented' }),
  field('prompt_cache_options', { type: 'measured' }),
  field('prompt_cache_key', { type: 'measured' }),
  field('prompt_cache_retention', { values: 'measured' }),
  field('truncation', { values: 'measured' }),
  field('instructions', { type: 'measured' }),
  field('store', { type: 'measured' }),
  field('service_tier', { values: 'measured' }),
  field('top_logprobs', { type: 'measured', bounds: 'unverified' }),
  field('context_management', { type: 'measured' }),
  { name: 'unknown model', texts: { unknown: 'captured' }, find: modelUnknownError },
  { name: 'exclusive', texts: { 'previous response and conversation': 'captured' }, find: exclusiveError },
  field('conversation', { type: 'unverified' }),
  { name: 'prompt not found', texts: { 'not found': 'measured' }, find: promptError },
  { name: 'background not stored', texts: { 'store: false': 'unverified' }, find: backgroundError },
  { name: 'nothing asked', texts: { 'empty input': 'measured' }, find: nothingAskedError },
  {
    name: 'sampling and log probabilities',
    texts: { sampling: 'measured', logprobs: 'measured' },
    find: (fields, { model }) => samplingError(fields, model),
  },
  {
    name: 'tools of the model',
    texts: { minimal: 'reported', hosted: 'reported' },
    find: (fields, { model }) => toolsOfModelError(fields, model),
  },
  {
    name: 'items belong together',
    texts: {
      duplicate: 'reported',
      'output without call': 'reported',
      'call without output': 'reported',
      'reasoning alone': 'captured',
    },
    find: itemsError,
  },
  { name: 'the word json', texts: { missing: 'reported' }, find: jsonWordError },
  { name: 'context window', texts: { 'too long': 'captured' }, find: windowError },
];

function field(name: string, texts: Check['texts']): Check {
  const rule = responsesRules.fields[name] as Rule;
  return {
    name,
    texts,
    find: (fields, { letThrough }) => {
      const value = fields[name];
      return isGiven(value) ? new Checker({ style: responsesStyle, way: [name], letThrough }).check(value, rule) : undefined;
    },
  };
}

/** With a stored prompt the model may be left out (captured). */
function modelError({ model, prompt }: Fields): ErrorAnswer | undefined {
  if (typeof model === 'string') return undefined;
  if (model === undefined) return isGiven(prompt) ? undefined : missingParameter('model');
  return invalidType('model', 'a string', fieldTypeName(model));
}

/** What is prepared, and not to be answered, may lack an input. */
function inputMissingError(fields: Fields, { turn }: Terms): ErrorAnswer | undefined {
  if (fields['input'] === null) return invalidType('input', 'a string', fieldTypeName(null));
  if (fields['input'] !== undefined || turn?.generates === false) return undefined;
  return SAYS_ELSEWHERE.some((name) => isGiven(fields[name])) ? undefined : missingParameter('input');
}

/** With one of these a request may do without `input`. */
const SAYS_ELSEWHERE = ['previous_response_id', 'prompt', 'conversation'] as const;

function unknownError(fields: Fields, { letThrough }: Terms): ErrorAnswer | undefined {
  const unknown = Object.keys(fields).find((name) => !isKnownField(name));
  if (unknown === undefined) return undefined;
  const here = letThrough === undefined && Object.hasOwn(MOVED, unknown) ? MOVED[unknown] : undefined;
  if (here !== undefined) return movedParameter(unknown, here);
  return unknownFieldError(fields, isKnownField, { known: NAMED_FIELDS, letThrough });
}

/** Fields of chat completions, and what they are called here. */
const MOVED: Readonly<Record<string, string>> = {
  messages: 'input',
  response_format: 'text.format',
  reasoning_effort: 'reasoning.effort',
  max_completion_tokens: 'max_output_tokens',
};

/** Content that OpenAI sealed is a Fernet token; whose it is cannot be told. */
const SEALED = /^gAAAAA[\w-]+={0,2}$/;

function encryptedError({ input }: Fields): ErrorAnswer | undefined {
  for (const item of asList(input)) {
    const { id = '', encrypted_content: content } = asRecord(item) ?? {};
    if (typeof content === 'string' && content !== '' && !SEALED.test(content)) return encryptedContentUnreadable(String(id));
  }
  return undefined;
}

function previousIdError({ previous_response_id: id }: Fields): ErrorAnswer | undefined {
  return typeof id === 'string' && !/^[\w-]*$/.test(id) ? strangeId('previous_response_id', id) : undefined;
}

function modelUnknownError({ model }: Fields, { isServed }: Terms): ErrorAnswer | undefined {
  return typeof model === 'string' && !isServed ? requestedModelNotFound(model) : undefined;
}

function exclusiveError({ previous_response_id: previous, conversation }: Fields): ErrorAnswer | undefined {
  return isGiven(previous) && isGiven(conversation) ? mutuallyExclusive('previous_response_id', 'conversation') : undefined;
}

/** The mock has no prompts: it takes each id that could be one of OpenAI's. */
function promptError({ prompt }: Fields): ErrorAnswer | undefined {
  const id = asRecord(prompt)?.['id'];
  return typeof id === 'string' && !/^pmpt_[0-9a-f]{32,}$/.test(id) ? promptNotFound(id) : undefined;
}

function socketError({ background }: Fields, { turn }: Terms): ErrorAnswer | undefined {
  return background === true && turn !== undefined ? backgroundOverSocket() : undefined;
}

function backgroundError({ background, store }: Fields): ErrorAnswer | undefined {
  return background === true && store === false ? backgroundNotStored() : undefined;
}

/** An empty input counts as no input: the same is said whatever else there is to go on. */
function nothingAskedError(fields: Fields, { turn }: Terms): ErrorAnswer | undefined {
  if (turn?.generates === false) return undefined;
  const { input } = fields;
  const isEmpty = input === '' || (Array.isArray(input) && input.length === 0);
  return isEmpty && !SAYS_ELSEWHERE.some((name) => isGiven(fields[name])) ? nothingAsked() : undefined;
}

/** What was said before is in the state: with it, whether all belongs together is found there. */
function itemsError({ input, previous_response_id: previous, conversation, prompt }: Fields): ErrorAnswer | undefined {
  return [previous, conversation, prompt].some(isGiven) ? undefined : itemOrderError(asList(input));
}

/** With `truncation: auto` the API leaves out what does not fit. Nothing is counted while the request has fewer bytes than the window has tokens. */
function windowError({ truncation }: Fields, terms: Terms): ErrorAnswer | undefined {
  const { model, bodyBytes } = terms;
  const limit = model.inputWindow ?? model.contextWindow;
  if (limit === null || bodyBytes <= limit || truncation === 'auto') return undefined;
  return terms.promptTokens() > limit ? inputTooLongForModel() : undefined;
}

function fieldTypeName(value: unknown): string {
  return value === null ? 'an object' : responsesStyle.typeName(value);
}

function isGiven(value: unknown): boolean {
  return value !== undefined && value !== null;
}
