import { z } from 'zod';
import { ruleVerdicts } from '../backoff/finding.ts';
import { ruleLevels } from '../backoff/policy.ts';

/** Raised when a reader of the previous one would be misled; new fields do not raise it. */
export const SCHEMA_VERSION = 1;

const certainty = z.enum(['exact', 'likely', 'ambiguous']);
const evidence = z.enum(['path', 'client-request-id', 'idempotency-key', 'retry-count', 'fingerprint', 'first']);
const count = z.int().min(0);
const ms = z.number().describe('milliseconds since the first request');

const finding = z.object({
  rule: z.string(),
  verdict: z.enum(ruleVerdicts),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  summary: z.string().describe('what a good client does'),
  explain: z.string().describe('why, in one sentence'),
  advice: z.string().describe('what to change in the client; empty unless something is wrong'),
  n: count.describe('how many cases were looked at'),
  statistic: z
    .object({
      name: z.string(),
      value: z.number().nullable().describe('null: without bound'),
      unit: z.enum(['ms', 'attempts', 'ratio', 'share', 'calls', 'sockets']),
    })
    .nullable(),
  threshold: z.number().nullable().describe('from this value of the statistic on the rule speaks against the client'),
  falseAlarmBound: z.number().describe('chance that a good client is failed, per run'),
  correlation: certainty.nullable().describe('the weakest recognition among the calls that were looked at'),
  clock: z.string().describe('`real`, or how far the time was watched: `censored@12s`'),
  evidence: z.array(
    z.object({
      call: z.string(),
      entries: z.array(z.int()).describe('`seq` of the attempts'),
      line: z.string(),
    }),
  ),
  evidenceLeftOut: count,
  reference: z.string(),
});

const policy = z.object({
  preset: z.string(),
  maxAttempts: z.number().optional(),
  maxDelayMs: z.number(),
  maxElapsedMs: z.number().optional(),
  maxHonouredRetryAfterMs: z.number().optional(),
  retries: z.array(z.union([z.number(), z.literal('transport')])),
  neverRetries: z.array(z.union([z.number(), z.string()])),
  levels: z.record(z.string(), z.enum(ruleLevels)),
});

const verdict = z.object({
  verdict: z.enum(['pass', 'warn', 'fail', 'inconclusive']),
  explain: z.string(),
  scenario: z.string(),
  seed: z.number(),
  policy,
  exercised: z.boolean().describe('whether anything that the scenario plans was done to the client'),
  notReached: z.array(z.string()).describe("ids of the scenario's rules that never struck"),
  calls: count,
  attempts: count,
  amplification: z.number().describe('attempts per call'),
  correlation: z.record(certainty, count),
  counts: z.record(z.enum(ruleVerdicts), count),
  findings: z.array(finding).describe('those that speak against the client first'),
  watchedMs: z.number(),
});

const attempt = z.object({
  seq: z.int(),
  position: z.int().min(1).describe('1 is the first try'),
  atMs: ms,
  endMs: ms.nullable(),
  status: z.int().nullable(),
  errorCode: z.union([z.string(), z.number()]).nullable(),
  failure: z.enum(['status', 'transport', 'content', 'abandoned', 'pending']).nullable().describe('null: a success'),
  faults: z.array(z.string()),
  asked: z
    .object({ text: z.string(), waitMs: z.number().nullable().describe('null: not a wait that can be kept') })
    .nullable()
    .describe('the wait that the answer asked for'),
  gapMs: z.number().nullable().describe('from the failure of the attempt before; null for the first, and where they overlap'),
  earlyMs: z.number().describe('how much too early it came; 0 within the tolerance'),
});

const call = z.object({
  id: z.string(),
  method: evidence,
  certainty,
  overlapping: z.boolean(),
  replays: z.array(z.int()).describe('`seq` of what a network stack sent again by itself'),
  attempts: z.array(attempt),
});

/** `report.json`. */
export const reportSchema = z.object({
  schema_version: z.literal(SCHEMA_VERSION),
  mock: z.object({ name: z.literal('mock-openai'), version: z.string() }),
  startedAt: z.string().nullable().describe('wall clock of the first request, ISO 8601'),
  links: z.array(z.object({ label: z.string(), href: z.string() })),
  verdict,
  outages: z.array(z.object({ fromMs: ms, toMs: ms })),
  calls: z.array(call),
});

export type JsonReport = z.infer<typeof reportSchema>;

/** The JSON Schema of `report.json`. */
export function reportJsonSchema(): object {
  // As output every object would be closed; a reader has to bear with fields that are new.
  const schema = z.toJSONSchema(reportSchema, { io: 'input' });
  return { ...schema, title: 'mock-openai report', description: 'The verdict on a client, and what it rests on.' };
}
