import { z } from 'zod';
import { duration, percentage, record, share, whole } from '../schema/fields.ts';
import { type PolicyPreset, policyPresets, ruleLevels } from './policy.ts';
import { ruleIds } from './rule-ids.ts';

const status = whole(400, 599);
const presetNames = Object.keys(policyPresets) as PolicyPreset[];
const calls = z
  .union([z.literal('unique'), whole(1)])
  .describe(
    'unique: the program makes no call twice, so that equal requests are attempts of one; or how many calls it makes in all',
  );
const level = z.enum(ruleLevels).optional();

const loadSchema = record({
  amplification: z.number().min(1).optional().describe('attempts a call, at most, over the whole run'),
  recovers_within: duration().optional().describe('from the end of an outage until 95 % of the goodput is back'),
  goodput: share().optional().describe('goodput after the outage as a share of that before it, at least'),
  success: share().optional().describe('share of the calls that end well, at least'),
  brown_out: share()
    .optional()
    .describe('a span of `during` in which more than this share of the requests fails is judged as an outage is'),
});

const wallSchema = record({
  calls: whole(1).describe('so many new calls are too many; those under way when the account was refused are not counted'),
  within: duration().describe('after a refusal'),
});

const inFlightSchema = z
  .union([
    whole(1).transform((number) => ({ in_all: number })),
    record({
      in_all: whole(1).optional(),
      by_key: whole(1).optional().describe('with one key'),
      by_target: whole(1).optional().describe('to one model of one service with one key'),
    }),
  ])
  .describe('requests in flight at once: in all, with one key, to one target. A number is in all');

/** What `expect:` of a scenario and a policy file may say. */
export const policySchema = record({
  preset: z.enum(presetNames).optional().describe('what is expected where nothing else is said; default openai-guide'),
  calls: calls.optional(),
  max_attempts: whole(1).optional().describe('attempts per call, the first try included; one more is forgiven'),
  max_delay: duration().optional().describe('longest wait that the client chooses by itself'),
  max_elapsed: duration().optional().describe('no attempt of a call starts later than this after its first'),
  max_honoured_retry_after: duration().optional().describe('for longer hints the client is to give up'),
  outlasts: duration().optional().describe('the client goes on trying for at least so long while an outage lasts'),
  retries: z
    .array(z.union([status, z.literal('transport')]))
    .optional()
    .describe('what the client must retry: statuses, and transport for failures without an answer'),
  never_retries: z
    .array(z.union([status, z.string().min(1)]))
    .optional()
    .describe('what the client must not retry: statuses, and codes and types of errors, a billing 429 too'),
  jitter: z.boolean().optional().describe('whether waits must vary: false turns has_jitter off'),
  rules: record(Object.fromEntries(ruleIds.map((id) => [id, level])), 'rule')
    .optional()
    .describe('what a breach of a rule counts as'),
  wall: wallSchema.optional().describe('when a client that goes on after a 401, 402, 403 or a billing 429 fails'),
  fails_over: z
    .boolean()
    .optional()
    .describe('true: a call that fails at one provider, key or model has to go on at another; false: it is not asked'),
  within: duration().optional().describe('so soon after it began, a call whose target fails or is slow has to go on'),
  breaker: record({
    after: whole(1).describe('so many failures of a target in a row'),
    for: duration().describe('new calls leave it alone for so long'),
  })
    .optional()
    .describe('when a circuit breaker has to open'),
  returns_within: duration().optional().describe('so soon after its recovery, calls come back to the first target'),
  neutral_429: z.boolean().optional().describe('true: a 429 of one key must not keep calls with other keys away from a provider'),
  adapts: z.boolean().optional().describe('true: a client that a limit refuses has to find its pace'),
  max_in_flight: inFlightSchema.optional(),
  max_waste: percentage().optional().describe('share of the billed tokens that may be of no use: 5% or 0.05'),
  max_pause: duration().optional().describe('a stream that lives may be silent for so long, and the client has to wait for it'),
  load: loadSchema.optional().describe('what is expected of a fleet under load'),
});

export type PolicySpec = z.output<typeof policySchema>;
export type PolicyInput = z.input<typeof policySchema>;
