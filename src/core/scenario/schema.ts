import { z } from 'zod';
import { DIALECT_NAMES } from '../openai/dialects/dialect-name.ts';
import { NO_LATENCY } from '../openai/request/answer-settings.ts';
import { policySchema } from '../policy/policy-schema.ts';
import { latencySpec, record, scalar, size, whole } from '../schema/fields.ts';
import { parseRange, type Range } from '../units/range.ts';
import { azureSchema } from './azure-schema.ts';
import { capacitySchema } from './capacity-schema.ts';
import { faultSchema, weightsSchema } from './fault-schema.ts';
import { limitsSchema } from './limit-schema.ts';
import { matchSchema, readCount } from './match-schema.ts';
import { recordSchema } from './record-schema.ts';
import { replySchema } from './reply-schema.ts';
import { burstsSchema, duringSchema, probabilitySchema } from './time-schema.ts';

/** Digits → a whole number of at least 1. */
function readPosition(text: string): number | undefined {
  const position = readCount(text);
  return position === 0 ? undefined : position;
}

const attempts = scalar<Range, string | number>(
  'a position within the call such as 2, 1..2 or 3..',
  (value) => {
    return typeof value === 'string' || typeof value === 'number' ? parseRange(String(value), readPosition) : undefined;
  },
  {
    type: ['string', 'integer'],
    description: 'position within the call: 1 is the first try',
  },
);

/** One rule: which requests, when, what happens. */
export const ruleSchema = record({
  name: z.string().min(1).max(200).optional(),
  match: matchSchema.optional(),
  attempts: attempts.optional(),
  first: whole(1).optional().describe('only the first n requests'),
  after: whole(0).optional().describe('only after n requests'),
  every: whole(1).optional().describe('only every n-th request'),
  times: whole(1).optional().describe('at most n times'),
  probability: probabilitySchema.optional().describe('the chance that it fires; a ramp counts from the start of the span'),
  during: duringSchema.optional().describe('spans of time, since the moment that `clock` names'),
  bursts: burstsSchema.optional().describe('only in bursts of these mean lengths, drawn from the seed'),
  per: z.enum(['session', 'key', 'model', 'call']).optional().describe('scope of the counters; default session'),
  fault: faultSchema.optional(),
  sequence: z.array(faultSchema).min(1).optional().describe('one step an occurrence'),
  repeat: z.boolean().optional().describe('begin the sequence again after its last step'),
  one_of: z
    .union([
      weightsSchema,
      z
        .array(
          record({
            fault: faultSchema,
            weight: z.number().positive().default(1),
          }),
        )
        .min(1),
    ])
    .optional()
    .describe('one of these, drawn by weight'),
});

const models = z.union([
  z.enum(['any', 'listed']),
  z
    .array(
      z.union([
        z
          .string()
          .min(1)
          .transform((id) => ({ id })),
        record({
          id: z.string().min(1),
          context_window: whole(1).optional(),
          max_output_tokens: whole(1).optional(),
        }).transform(({ id, context_window, max_output_tokens }) => ({
          id,
          contextWindow: context_window,
          maxOutputTokens: max_output_tokens,
        })),
      ]),
    )
    .min(1),
]);

const auth = z.union([
  z.enum(['any', 'none']),
  record({ keys: z.array(z.string().min(1)).min(1) }).transform(({ keys }) => keys as readonly string[]),
]);

const MIB = 1_048_576;
/** Larger bodies are not held in memory. */
const MAX_MAX_BODY = 100 * MIB;

/** Bytes of the largest body that is read where a scenario does not say. */
export const DEFAULT_MAX_BODY = 20 * MIB;

const maxBody = size().refine((bytes) => bytes <= MAX_MAX_BODY, { error: `expected at most ${MAX_MAX_BODY / MIB}MiB` });

/** What one service does. */
const serviceFields = {
  name: z.string().min(1).max(200).optional(),
  description: z.string().optional(),
  tokens: z.enum(['estimate', 'exact']).default('estimate').describe('how tokens are counted'),
  auth: auth.default('any').describe('which API keys are good'),
  models: models.default('any').describe('which models exist'),
  // OpenAI accepts bodies up to some unpublished size.
  max_body: maxBody.default(DEFAULT_MAX_BODY).describe('a larger request is a 413 of the edge'),
  clock: z
    .enum(['first_call', 'start'])
    .default('first_call')
    .describe('what spans of time count from: the first request that is neither GET / nor a list of models, or the start'),
  cors: z.boolean().default(true).describe('pages in a browser may use the service: requests with an `Origin` are answered so'),
  record: recordSchema.optional().describe('bodies and header fields in the journal, without credentials'),
  compression: z.boolean().default(false).describe('answers in br or gzip to clients that accept it'),
  validation: z
    .enum(['strict', 'lenient', 'off'])
    .default('strict')
    .describe('how requests are checked: as OpenAI does; fields that OpenAI does not know pass; any JSON object passes'),
  latency: record({
    ttft: latencySpec().default(NO_LATENCY),
    inter_token: latencySpec().default(NO_LATENCY),
  }).prefault({}),
  limits: limitsSchema
    .prefault({})
    .describe('rate limits by model: one bucket per API key and model family; the first key that fits counts'),
  capacity: capacitySchema
    .optional()
    .describe('how much the service can do: more waits in a queue, or is refused when that is full'),
  azure: azureSchema.optional().describe('how Azure is set up, for requests below /openai/'),
  replies: z.array(replySchema).default([]).describe('what a healthy answer says; the first that matches'),
  unmatched_reply: z
    .enum(['prose', 'error'])
    .default('prose')
    .describe('what a request gets that no reply speaks of: prose, or a 400 that names it'),
  rules: z.array(ruleSchema).default([]).describe('the first rule that fires decides'),
};

/** One of several services. */
const providerSchema = record({
  scenario: z.string().min(1).optional().describe('a file, or the name of a bundled scenario: in place of keys of its own'),
  dialect: z
    .enum(DIALECT_NAMES)
    .optional()
    .describe('the one API that the service has: azure at /s/NAME/openai/…, openai at /s/NAME/v1; default both'),
  ...serviceFields,
});

const providerName = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,62}$/, { error: 'expected a name of letters, digits, _ and -, in lower case, with a letter first' })
  .refine((name) => name !== 'default', { error: 'default is the service at /v1; give this one another name' });

/** The file format. */
export const scenarioSchema = record({
  $schema: z.string().optional(),
  ...serviceFields,
  seed: z
    .union([whole(0), z.literal('random')])
    .default(1)
    .describe('what the draws depend on; random picks one and prints it'),
  providers: z
    .record(providerName, providerSchema)
    .default({})
    .describe(
      'further services, each at /s/NAME/v1 (of Azure at /s/NAME/openai/…), judged together: a call that fails at one may go on at another',
    ),
  expect: policySchema.prefault({}).describe('what a good client does, when this scenario judges one'),
});

export type Rule = z.output<typeof ruleSchema> & {
  /** As it stands in the file. */
  readonly written?: unknown;
};
export type RuleInput = z.input<typeof ruleSchema>;
export type Scenario = Omit<z.output<typeof scenarioSchema>, 'rules'> & { readonly rules: readonly Rule[] };
export type ScenarioInput = z.input<typeof scenarioSchema>;
