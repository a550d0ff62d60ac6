import { z } from 'zod';
import { ruleVerdicts } from '../backoff/kit/finding.ts';
import { CERTAINTIES } from '../correlation/certainty.ts';
import { EVIDENCE } from '../correlation/correlation.ts';
import { SAMPLE_NAMES } from '../load/shard-report.ts';
import { ruleLevels } from '../policy/policy.ts';

/** Raised when a reader of the previous one would be misled; new fields do not raise it. */
export const SCHEMA_VERSION = 1;

const certainty = z.enum(CERTAINTIES);
const evidence = z.enum(EVIDENCE);
const count = z.int().min(0);
const ms = z.number().describe('milliseconds since the first request');

const finding = z.object({
  rule: z.string(),
  verdict: z.enum(ruleVerdicts),
  onFault: z
    .boolean()
    .optional()
    .describe('it passed, and does so on what faults, or refusals by limits, capacity or a credential, were done to'),
  severity: z.enum(['critical', 'high', 'medium', 'low']),
  summary: z.string().describe('what a good client does'),
  explain: z.string().describe('why, in one sentence'),
  advice: z.string().describe('what to change in the client; empty unless something is wrong'),
  n: count.describe('how many cases were looked at'),
  statistic: z
    .object({
      name: z.string(),
      value: z.number().nullable().describe('null: without bound'),
      unit: z.enum(['ms', 'attempts', 'ratio', 'share', 'calls', 'sockets', 'requests']),
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
  suspected: z
    .literal(true)
    .optional()
    .describe('undecided, and a breach if requests that cannot be told apart are retries: it keeps a run from passing'),
});

const policy = z.object({
  preset: z.string(),
  calls: z
    .union([z.literal('unique'), count])
    .optional()
    .describe('what the program declares of its calls'),
  maxAttempts: z.number().optional(),
  maxDelayMs: z.number(),
  maxElapsedMs: z.number().optional(),
  maxHonouredRetryAfterMs: z.number().optional(),
  retries: z.array(z.union([z.number(), z.literal('transport')])),
  neverRetries: z.array(z.union([z.number(), z.string()])),
  levels: z.record(z.string(), z.enum(ruleLevels)),
  load: z
    .object({
      amplification: z.number().optional(),
      recoversWithinMs: z.number().optional(),
      goodput: z.number().optional(),
      success: z.number().optional(),
      brownOut: z.number().optional(),
    })
    .optional()
    .describe('what is expected of a fleet under load'),
});

const verdict = z.object({
  verdict: z.enum(['pass', 'warn', 'fail', 'inconclusive']),
  explain: z.string(),
  scenario: z.string(),
  seed: z.number(),
  policy,
  exercised: z.boolean().describe('whether anything was done to the client that it has to bear'),
  contradiction: z
    .string()
    .optional()
    .describe('how the requests contradict what the program declares of its calls; absent where they do not'),
  cutShort: z.string().optional().describe('why the run is not complete; absent when it is'),
  notReached: z.array(z.string()).describe('what of the scenario never struck: ids of rules, `limits`, `capacity`'),
  unserved: z
    .array(z.object({ method: z.string(), path: z.string(), n: count, advice: z.string().describe('empty: nothing is known') }))
    .optional()
    .describe('requests to URLs that OpenAI has and the mock does not serve; they are in no rule and in no figure'),
  downtimes: z
    .array(
      z.object({
        rule: z.string(),
        fromMs: z.number(),
        toMs: z.number().nullable().describe('null while it is down'),
        cut: count.describe('requests that were under way, and were reset'),
        lastBeforeMs: z.number().nullable().describe('when the last request before it came'),
        firstAfterMs: z.number().nullable().describe('when the first request after it came'),
      }),
    )
    .optional()
    .describe('when the server was down by the scenario, since the first request; what the system refused then is in no figure'),
  sessions: z
    .array(
      z.object({
        session: z.string(),
        verdict: z.enum(['pass', 'warn', 'fail', 'inconclusive']),
        explain: z.string(),
        scenario: z.string(),
        seed: z.number(),
        exercised: z.boolean(),
        calls: count,
        attempts: count,
      }),
    )
    .optional()
    .describe('where a run used others than the default session: what was said of each'),
  calls: count,
  attempts: count,
  amplification: z.number().describe('attempts per call'),
  inFlight: z
    .object({
      most: count,
      byKey: z.array(z.object({ key: z.string().nullable(), most: count })),
      byTarget: z.array(z.object({ session: z.string(), key: z.string().nullable(), model: z.string().nullable(), most: count })),
    })
    .describe('the largest numbers of requests in flight at once: in all, with each key, to each target; 20 of each are told'),
  tokens: z
    .object({ billed: count, used: count, wasted: count })
    .describe('what the calls cost: wasted is what was billed for answers that were spoilt, cut, lost or left'),
  correlation: z.record(certainty, count),
  counts: z.record(z.enum(ruleVerdicts), count),
  findings: z.array(finding).describe('those that speak against the client first'),
  watchedMs: z.number(),
});

const distribution = z.object({
  n: count,
  mean: z.number().nullable(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
  p99: z.number().nullable(),
  max: z.number().nullable(),
});
const perSecond = z.number().nullable();

const target = z.object({
  provider: z.string().nullable().describe('null: the service at /v1'),
  model: z.string().nullable(),
  key: z.string().nullable().describe('the beginning of the hash of the key'),
  requests: count,
  refused: count.describe('answered with an error status'),
  broken: count.describe('without an answer that is of use, for another reason'),
  billedTokens: count,
  wastedTokens: count,
});

/** Times since the load began; its figures are described where they are computed (core/load). */
const load = z.object({
  workload: z.object({
    model: z.enum(['open', 'closed', 'burst']).describe('on a schedule, each after the one before it, or all at one moment'),
    text: z.string(),
    perSecond: perSecond.describe('calls asked for a second; null where it follows from the answers'),
    processes: count,
    maxInFlight: count,
  }),
  cutShort: z.string().nullable().describe('why the run is not complete; null when it is'),
  loadMs: z.number(),
  calls: z.object({
    scheduled: count,
    started: count,
    ok: count,
    failed: count,
    abandoned: count.describe('whose client did not come back'),
    dropped: count.describe('not started, for too many were under way'),
    unreported: count.default(0).describe('due, but their client process stopped answering before it told of them'),
  }),
  attempts: count,
  backgroundRequests: count,
  hammer: z
    .object({
      connections: count,
      requests: count,
      perSecond,
      answers: z.record(z.string(), count).describe('how often the mock answered with each status'),
      served: z
        .object({ fleet: z.number().nullable(), hammer: z.number().nullable() })
        .describe('requests that were answered with a 2xx, over those that came'),
      fleetShare: z.number().nullable().describe('of all answers with a 2xx, the share that went to the fleet'),
    })
    .optional()
    .describe('connections that asked again at once and never backed off; in none of the other figures'),
  amplification: z.object({
    mean: z.number().nullable(),
    p99: z.number().nullable(),
    max: z.number().nullable(),
    inOutage: z.number().nullable(),
    steady: z.number().nullable(),
  }),
  capacityPerSecond: perSecond,
  outages: z.array(
    z.object({
      fromMs: z.number(),
      toMs: z.number(),
      share: z.number().optional().describe('of a brown-out: the share of the requests that failed'),
    }),
  ),
  timeline: z
    .object({
      binMs: z.number(),
      moments: z.array(
        z.object({
          fromMs: z.number(),
          calls: z.number(),
          attempts: z.number(),
          background: z.number(),
          hammer: z.number().optional(),
          goodput: z.number(),
        }),
      ),
    })
    .describe('rates a second'),
  recovery: z.object({
    state: z.enum(['recovered', 'metastable', 'not_recovered', 'no_outage', 'not_watched']),
    goodputBefore: perSecond,
    goodputAfter: perSecond,
    firstSuccessMs: z.number().nullable(),
    recoveredAfterMs: z.number().nullable(),
    offeredAtEnd: perSecond,
    goodputAtEnd: perSecond,
  }),
  retries: z.object({
    histogram: z.array(count).describe('calls by number of retries, from 0 on'),
    gaps: z.array(
      z.object({
        retry: count,
        n: count,
        p5: z.number(),
        p50: z.number(),
        p95: z.number(),
        dispersion: z.number().nullable().describe('shortest window with 80 % of the waits, as a share of their median'),
      }),
    ),
    early: z.object({ count, worstMs: z.number() }),
  }),
  latencyMs: distribution.describe('from the scheduled start, of calls that ended well'),
  attemptLatencyMs: distribution.describe('of attempts that succeeded'),
  giveUpMs: distribution.describe('from the scheduled start, of calls that failed'),
  errors: z.array(z.object({ error: z.string(), calls: count })).describe('what failed calls say, the most frequent first'),
  peaks: z.object({ per10Ms: count, per100Ms: count, toMeanAfterOutage: z.number().nullable() }),
  socketsPerAttempt: z.number().nullable(),
  billedTokens: count,
  wastedTokens: count.describe('billed for answers that were spoilt, cut, lost or left'),
  targets: z
    .array(target)
    .default([])
    .describe('what came to each provider, model and key, the busiest first; empty where there was one only'),
  targetsLeftOut: count.default(0),
  through: z
    .object({
      url: z.string(),
      clients: z.object({
        requests: count.describe('that clients sent to the gateway'),
        perCall: z
          .object({ mean: z.number().nullable(), p99: z.number().nullable(), max: z.number().nullable() })
          .nullable()
          .describe('null: the clients sent nothing to the address that they were given, so that it is not known'),
        answers: z.record(z.string(), count).describe('by status; `none`: the connection was closed without one'),
      }),
      gateway: z.object({
        requests: count.describe('that arrived at the mock'),
        perCall: z.number().nullable(),
        perClientRequest: z.number().nullable(),
      }),
    })
    .optional()
    .describe('of a load through a gateway: what was sent on both sides of it'),
  exactness: z.object({
    startErrorMs: distribution,
    saturated: z.boolean().describe('the driver did not keep its schedule'),
    mockDelayP99Ms: z.number().nullable(),
    driverDelayP99Ms: z.number().nullable(),
    correlation: z.record(certainty, count),
  }),
});

const samples = z
  .string()
  .describe('tenths of a millisecond since the load began, or so long, each as its distance from the one before');
const counts = z.array(count).describe('the first number is of those without any');

/** What a shard of a load has to say beside its own figures (core/load/measurements.ts). */
const shard = z.object({
  index: z.int().min(1),
  of: z.int().min(1),
  beganAt: z.string().describe('when its load began, by the clock of its machine, ISO 8601'),
  shared: z.boolean().describe('all shards ask one mock, by a store'),
  forMs: z.number().min(0).describe('how long the load is to go on'),
  backgroundPerSecond: perSecond.describe('requests beside the whole load'),
  scenarioSha256: z.string().describe('of the text of the scenario, with its seed'),
  workload: load.shape.workload.extend({ text: z.string().describe('of the whole load') }),
  cutShort: z.string().nullable(),
  loadMs: z.number(),
  steadyMs: z.number(),
  calls: load.shape.calls,
  capacityPerSecond: perSecond,
  outages: load.shape.outages,
  samples: z.record(z.enum(SAMPLE_NAMES), samples),
  attemptsPerCall: z.object({ inOutage: counts, steady: counts }).describe('calls by number of attempts'),
  retries: z.object({
    histogram: z.array(count),
    waitsMs: z.array(samples).describe('waits before the first retry, before the second, and so on'),
    early: load.shape.retries.shape.early,
  }),
  errors: load.shape.errors,
  sockets: count,
  answeredWell: count.describe('attempts that were answered with a 2xx'),
  billedTokens: count,
  wastedTokens: count,
  targets: z.array(target),
  through: z
    .object({ url: z.string(), sentPerCall: counts, sent: count, answers: z.record(z.string(), count), arrived: count })
    .optional(),
  hammer: z.object({ connections: count, answers: z.record(z.string(), count), perSecond: z.array(count) }).optional(),
  correlation: z.record(certainty, count),
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
  earlyMs: z.number().describe('how much too early it came; 0 within the tolerance, and where it may be that of another call'),
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
  load: load.optional().describe('the figures of a load run'),
  shard: shard.optional().describe('of a part of a load: what `compare --merge` makes the whole of'),
  calls: z.array(call),
});

export type JsonReport = z.infer<typeof reportSchema>;
/** The figures of a load run, as they are written. */
export type JsonLoad = z.infer<typeof load>;
/** What a shard of a load says of the whole. */
export type JsonShard = z.infer<typeof shard>;

/** The JSON Schema of `report.json`. */
export function reportJsonSchema(): object {
  // As output every object would be closed; a reader has to bear with fields that are new.
  const schema = z.toJSONSchema(reportSchema, { io: 'input' });
  return { ...schema, title: 'mock-openai report', description: 'The verdict on a client, and what it rests on.' };
}
