import { describe, expect, test } from 'vitest';
import type { RuleId } from '../../../src/core/backoff/registry.ts';
import { judge } from '../../../src/core/backoff/verdict/judge.ts';
import { policyOf } from '../../../src/core/policy/policy-of.ts';
import { type PolicyInput, policySchema } from '../../../src/core/policy/policy-schema.ts';
import { type EntryParts, journalEntry } from '../../support/journal-entry.ts';

interface Watched {
  readonly policy?: PolicyInput;
  readonly outages?: readonly { readonly from: number; readonly to: number }[];
}

function finding(rule: RuleId, parts: readonly EntryParts[], { policy = {}, outages = [] }: Watched = {}) {
  const entries = [...parts]
    .sort((a, b) => (a.t_headers ?? 0) - (b.t_headers ?? 0))
    .map((part, at) => journalEntry({ seq: at + 1, logicalId: `#${at}`, certainty: 'likely', status: 200, ...part }));
  const end = Math.max(...entries.map(({ t_end }) => t_end ?? 0)) + 1_000;
  const around = { watchedUntil: end, clientEndedAt: end, outages, together: true } as const;
  const { findings } = judge(entries, around, policyOf(policySchema.parse(policy)), { name: 't', seed: 1, rules: [] });
  return findings.find((found) => found.rule === rule);
}

type Times = readonly number[];
const at = (times: Times, parts: EntryParts): EntryParts[] => times.map((time) => ({ t_headers: time, ...parts }));
const span = (from: number, to: number, step: number): Times =>
  Array.from({ length: Math.ceil((to - from) / step) }, (_, index) => from + index * step);
const primary = { session: 'primary' };
const backup = { session: 'backup' };
const down = { ...primary, status: 503 };

describe('fails_over', () => {
  const call = (id: string, start: number, ...tries: EntryParts[]): EntryParts[] =>
    tries.map((part, index) => ({ logicalId: id, attemptSeq: index + 1, t_headers: start + 10 * index, ...part }));
  const good = [...call('#1', 0, down, backup), ...call('#2', 100, down, backup)];
  const patient = [...call('#1', 0, down, primary), ...call('#2', 100, primary)];
  const givesUp = [...call('#1', 0, down), ...call('#2', 100, down, down), ...call('#3', 200, backup)];

  test('a client that goes on elsewhere passes, with and without the policy', () => {
    expect(finding('fails_over', good)).toMatchObject({ verdict: 'pass', n: 2 });
    expect(finding('fails_over', good)?.explain).toBe(
      '2 of 2 calls that failed went on with backup, typically 0.010 s after it began',
    );
    expect(finding('fails_over', good, { policy: { fails_over: true, within: '1s' } })?.verdict).toBe('pass');
  });

  test('a request that comes when another target has answered the same is a hedge that came late', () => {
    const hedged = [...call('#1', 0, backup), ...call('#2', 100, down), ...call('#3', 9_000, down, backup)];
    expect(finding('fails_over', hedged)).toMatchObject({ verdict: 'pass', n: 1 });
  });

  test('one that gives up is told of, and fails where the policy asks for more', () => {
    expect(finding('fails_over', givesUp)).toMatchObject({ verdict: 'info', n: 2 });
    expect(finding('fails_over', givesUp, { policy: { fails_over: true } })).toMatchObject({ verdict: 'fail', n: 2 });
  });

  test('one that goes on after the time that the policy gives fails', () => {
    const late = call('#1', 0, down, { ...backup, t_headers: 3_000 });
    expect(finding('fails_over', late, { policy: { fails_over: true, within: '1s' } })?.verdict).toBe('fail');
    expect(finding('fails_over', late, { policy: { fails_over: true } })?.verdict).toBe('pass');
  });

  test('what succeeds where it failed needs no other target', () => {
    expect(finding('fails_over', patient)?.verdict).toBe('not_applicable');
  });

  test('of one target nothing is said, but where the policy asks', () => {
    const alone = call('#1', 0, { status: 503 });
    expect(finding('fails_over', alone)?.verdict).toBe('not_applicable');
    expect(finding('fails_over', alone, { policy: { fails_over: true } })?.verdict).toBe('fail');
  });

  test.each([
    ['key', { authorizationHash: 'bbbbbbbbbbbb' }, 'key bbbbbbbb'],
    ['model', { model: 'gpt-4o-mini' }, 'gpt-4o-mini'],
  ])('another %s is another target', (_what, other, name) => {
    expect(finding('fails_over', call('#1', 0, { status: 503, question: 'q' }, { question: 'q', ...other }))?.explain).toContain(
      `went on with ${name}`,
    );
  });
});

describe('amplification', () => {
  const call = (...tries: (readonly [EntryParts, count: number])[]): EntryParts[] =>
    tries.map(([part, count], index) => {
      const headers = { 'x-stainless-retry-count': String(count) };
      return { logicalId: '#1', attemptSeq: index + 1, t_headers: 1_000 * index, headers, ...part };
    });
  const threeAt = (target: EntryParts) => [0, 1, 2].map((count) => [{ ...target, status: 503 }, count] as const);

  test('a client that counts from 0 at its next target has one layer of retries', () => {
    expect(finding('amplification', call(...threeAt(primary), [backup, 0]))?.verdict).toBe('pass');
    expect(finding('amplification', call(...threeAt(primary), ...threeAt(backup)))?.verdict).toBe('pass');
  });

  test('one that comes back to a target and counts from 0 there has two', () => {
    expect(finding('amplification', call(...threeAt(primary), [primary, 0]))?.verdict).toBe('warn');
    expect(finding('amplification', call(...threeAt(primary), ...threeAt(backup), [primary, 0]))?.verdict).toBe('warn');
    expect(finding('amplification', call(...threeAt(primary), ...threeAt(backup), ...threeAt(primary)))?.verdict).toBe('fail');
  });

  test('many attempts of which none counts its retries are no pass: several layers may have made them', () => {
    const uncounted = (count: number): EntryParts[] =>
      Array.from({ length: count }, (_, index) => ({
        logicalId: '#1',
        attemptSeq: index + 1,
        t_headers: 1_000 * index,
        status: 503,
      }));
    expect(finding('amplification', uncounted(9))).toMatchObject({
      verdict: 'info',
      statistic: { value: 9 },
      evidence: [{ call: '#1', line: '9 × 503, each after 1.00 s: none has a retry count' }],
    });
    expect(finding('amplification', uncounted(7))?.verdict).toBe('pass');
  });
});

describe('no_failover_on_bad_request', () => {
  const refused = { ...primary, status: 400, errorCode: 'invalid_value', question: 'q' };
  const elsewhere = { ...backup, question: 'q' };

  test.each([
    ['another provider', elsewhere],
    ['another model', { ...primary, model: 'gpt-4o-mini', question: 'q' }],
    ['another provider, where it is refused again', { ...elsewhere, status: 400 }],
  ])('a bad request that goes on to %s is warned of', (_what, next) => {
    expect(finding('no_failover_on_bad_request', [...at([0], refused), ...at([50], next)])?.verdict).toBe('warn');
  });

  test.each([
    ['too large a body', { status: 413 }],
    ['content that breaks the policy', { status: 400, errorCode: 'content_policy_violation' }],
    ['what cannot be processed', { status: 422 }],
  ])('so is %s', (_what, how) => {
    const entries = [...at([0], { ...refused, ...how }), ...at([50], elsewhere)];
    expect(finding('no_failover_on_bad_request', entries)?.verdict).toBe('warn');
  });

  test.each([
    ['gives it back', [...at([0], refused), ...at([50], { ...backup, question: 'other' })], 'pass'],
    ['goes on after a 503', [...at([0], { ...down, question: 'q' }), ...at([50], elsewhere)], 'not_applicable'],
    [
      'has a larger window elsewhere',
      [...at([0], { ...refused, errorCode: 'context_length_exceeded' }), ...at([50], elsewhere)],
      'not_applicable',
    ],
    ['asks anew a minute later', [...at([0], refused), ...at([60_000], elsewhere)], 'pass'],
    ['sends it again to the same target', [...at([0, 50], refused), ...at([90], { ...backup, question: 'other' })], 'pass'],
  ] as const)('a client that %s is not', (_what, entries, verdict) => {
    expect(finding('no_failover_on_bad_request', entries)?.verdict).toBe(verdict);
  });

  test('a program that asks two models the same of everything is not accused', () => {
    const both = [0, 100, 200].flatMap((time, index) => [
      { t_headers: time, ...(index === 1 ? refused : primary), question: `q${index}` },
      { t_headers: time + 20, ...backup, question: `q${index}` },
    ]);
    expect(finding('no_failover_on_bad_request', both)?.verdict).toBe('inconclusive');
  });
});

describe('breaker_opens', () => {
  const demand = at(span(0, 20_000, 100), backup);
  const opens = [...demand, ...at(span(0, 500, 100), down), ...at([6_000, 12_000], down)];
  const policy = { breaker: { after: 5, for: '5s' } } as const;

  test('a breaker that opens after five failures passes', () => {
    expect(finding('breaker_opens', opens, { policy })).toMatchObject({ verdict: 'pass' });
  });

  test.each([
    ['never opens', span(0, 3_000, 100)],
    ['opens after twelve', span(0, 1_200, 100)],
    ['opens for a second only', [...span(0, 500, 100), 1_600, 2_700, 3_800]],
  ])('one that %s fails', (_what, times) => {
    const entries = [...demand, ...at(times, down)];
    expect(finding('breaker_opens', entries, { policy })?.verdict).toBe('fail');
    expect(finding('breaker_opens', entries)?.verdict).toBe('info');
  });

  test.each([
    ['hammers the target once its breaker has closed', [...span(0, 500, 100), ...span(6_000, 9_000, 100)], 'fail'],
    ['opens for a second only the next time', [...span(0, 500, 100), ...span(6_000, 6_500, 100), 7_600, 8_700, 9_800], 'fail'],
    [
      'counts to five anew after each opening',
      [...span(0, 500, 100), ...span(6_000, 6_500, 100), ...span(12_000, 12_500, 100)],
      'pass',
    ],
    ['had two requests in hand that came late', [...span(0, 500, 100), 750, 1_500], 'not_applicable'],
    ['sends three probes each time', [...span(0, 500, 100), ...span(6_000, 6_300, 100), ...span(12_000, 12_300, 100)], 'pass'],
    ['probes each five seconds', [...span(0, 500, 100), ...span(5_600, 20_000, 5_200)], 'pass'],
  ])('each opening is looked at: one that %s: %#', (_what, times, verdict) => {
    expect(finding('breaker_opens', [...demand, ...at(times, down)], { policy })?.verdict).toBe(verdict);
  });

  test('what was under way when the fifth failure was told is forgiven', () => {
    const entries = [...demand, ...at([0, 0, 0, 0, 0, 1, 1, 20], down)];
    expect(finding('breaker_opens', entries, { policy })?.verdict).toBe('pass');
  });

  test('a success between them begins the count anew', () => {
    const entries = [...demand, ...at([0, 100, 200, 300], down), ...at([400], primary), ...at([500, 600, 700, 800], down)];
    expect(finding('breaker_opens', entries, { policy })?.verdict).toBe('not_applicable');
  });

  test('where nothing more was asked, silence is no merit', () => {
    expect(finding('breaker_opens', at(span(0, 500, 100), down), { policy })?.verdict).toBe('not_applicable');
  });
});

describe('one_probe', () => {
  const demand = at(span(0, 20_000, 100), backup);
  const fell = at(span(0, 600, 100), down);

  test('one request that asks whether the target is back passes', () => {
    expect(finding('one_probe', [...demand, ...fell, ...at([6_000], down), ...at([12_000], primary)])?.verdict).toBe('pass');
  });

  test.each([
    ['twenty at once', Array.from({ length: 20 }, () => 6_000)],
    ['four at once', [6_000, 6_001, 6_002, 6_003]],
    ['a row of them within 50 ms', span(6_000, 6_050, 10)],
  ])('%s are warned of', (_what, times) => {
    expect(finding('one_probe', [...demand, ...fell, ...at(times, down)])?.verdict).toBe('warn');
  });

  test('calls of a client without another target, which wait and come back, are no probes', () => {
    const entries = [
      ...fell,
      ...at(
        Array.from({ length: 20 }, () => 6_000),
        down,
      ),
    ];
    expect(finding('one_probe', entries)?.verdict).toBe('not_applicable');
  });

  test('requests that were held back until the probe succeeded are no probes, however soon they come', () => {
    const entries = [...demand, ...fell, ...at([6_000], primary), ...at(span(6_003, 6_040, 2), primary)];
    expect(finding('one_probe', entries)).toMatchObject({
      verdict: 'inconclusive',
      explain:
        '20 requests came within 0.050 s after a target that had been down: too soon to tell whether 19 of them waited for the first answer; give the target a latency',
    });
  });

  test('requests that come before a probe has succeeded are warned of', () => {
    const slow = { ...primary, t_firstByteBefore: 6_200, t_lastByte: 6_200, t_end: 6_200 };
    const entries = [...demand, ...fell, ...at([6_000], slow), ...at([6_060, 6_120, 6_180], primary)];
    expect(finding('one_probe', entries)).toMatchObject({ verdict: 'warn', statistic: { value: 4 } });
  });

  test('traffic that comes back once the probe has succeeded passes', () => {
    const entries = [...demand, ...fell, ...at([6_000], primary), ...at(span(6_200, 8_000, 10), primary)];
    expect(finding('one_probe', entries)?.verdict).toBe('pass');
  });
});

describe('returns_to_primary', () => {
  const outages = [{ from: 0, to: 10_000 }];
  const policy = { returns_within: '5s' } as const;
  const away = [...at([0, 100], down), ...at(span(200, 30_000, 500), backup)];

  test('a client that comes back in time passes', () => {
    const entries = [...away, ...at([12_000], primary)];
    expect(finding('returns_to_primary', entries, { policy, outages })).toMatchObject({
      verdict: 'pass',
      statistic: { value: 2_000 },
    });
  });

  test.each([
    ['never comes back', []],
    ['comes back too late', [19_000]],
    ['asks once, before the end', [9_000]],
  ])('one that %s fails', (_what, times) => {
    const entries = [...away, ...at(times, { ...primary, status: (times[0] ?? 0) < 10_000 ? 503 : 200 })];
    expect(finding('returns_to_primary', entries, { policy, outages })?.verdict).toBe('fail');
    expect(finding('returns_to_primary', entries, { outages })?.verdict).not.toBe('fail');
  });

  test('the time in which the target was down again does not count', () => {
    const entries = [...away, ...at([19_000], primary)];
    const again = [...outages, { from: 11_000, to: 17_000 }];
    expect(finding('returns_to_primary', entries, { policy, outages: again })).toMatchObject({ verdict: 'pass' });
  });

  test('what was not watched for long enough is inconclusive', () => {
    const short = [...at([0, 100], down), ...at(span(200, 12_000, 500), backup)];
    expect(finding('returns_to_primary', short, { policy, outages })?.verdict).toBe('inconclusive');
  });

  test('without an outage of a known length nothing is said', () => {
    expect(finding('returns_to_primary', away, { policy })?.verdict).toBe('not_applicable');
  });
});

describe('neutral_429', () => {
  const [a, b] = [
    { ...primary, authorizationHash: 'a' },
    { ...primary, authorizationHash: 'b' },
  ];
  const before = [...at([0, 20], a), ...at([10, 30], b)];
  const limited = { ...a, t_headers: 100, status: 429, hint: { header: 'retry-after', raw: '10', dueAt: 10_101 } } as const;
  const policy = { neutral_429: true } as const;

  test('a client that goes on with the other key passes', () => {
    const entries = [...before, limited, ...at(span(200, 5_000, 100), b), ...at(span(250, 5_000, 500), backup)];
    expect(finding('neutral_429', entries, { policy })?.verdict).toBe('pass');
  });

  test('one that leaves the provider for one key fails where the policy asks', () => {
    const entries = [...before, limited, ...at(span(200, 5_000, 100), backup)];
    expect(finding('neutral_429', entries, { policy })?.verdict).toBe('fail');
    expect(finding('neutral_429', entries)?.verdict).toBe('info');
  });

  test.each([
    ['has one key', [...at([0], a), limited, ...at(span(200, 5_000, 100), backup)]],
    ['asks for nothing more', [...before, limited]],
    [
      'is out of credit',
      [
        ...before,
        { ...limited, errorCode: 'insufficient_quota', errorType: 'insufficient_quota' },
        ...at(span(200, 5_000, 100), backup),
      ],
    ],
  ])('of one that %s nothing is said', (_what, entries) => {
    expect(finding('neutral_429', entries, { policy })?.verdict).toBe('not_applicable');
  });
});

describe('cools_down_key', () => {
  const told = { t_headers: 0, status: 429, hint: { header: 'retry-after', raw: '10', dueAt: 10_001 } } as const;
  const asked = { rules: { cools_down_key: 'fail' } } as const;

  test('new calls to the same key and model while it waits fail where the policy asks', () => {
    const entries = [told, ...at(span(100, 5_000, 200), {})];
    expect(finding('cools_down_key', entries, { policy: asked })?.verdict).toBe('fail');
    expect(finding('cools_down_key', entries)?.verdict).toBe('info');
  });

  test('calls with another key, or of another model, do not', () => {
    const entries = [
      told,
      ...at(span(100, 5_000, 200), { authorizationHash: 'b' }),
      ...at(span(150, 5_000, 200), { model: 'other' }),
    ];
    expect(finding('cools_down_key', entries, { policy: asked })?.verdict).toBe('pass');
  });
});

test.each([
  ['the same in other words', 'q', 'exact'],
  ['something else', 'r', 'ambiguous'],
])('under one id, a retry that asks %s is %s', (_what, question, certainty) => {
  const id = { logicalId: 'client-request-id:k', logicalIdFrom: 'client-request-id', certainty: 'exact' } as const;
  const parts: EntryParts[] = [
    { ...id, t_headers: 0, status: 503, question: 'q', bodySha256: 'a', bodyShaCanonical: 'a' },
    { ...id, t_headers: 900, question, bodySha256: 'b', bodyShaCanonical: 'b' },
  ];
  const entries = parts.map((part, at) => journalEntry({ seq: at + 1, attemptSeq: at + 1, status: 200, ...part }));
  const { correlation } = judge(entries, { watchedUntil: 2_000, clientEndedAt: 2_000 }, policyOf(), {
    name: 't',
    seed: 1,
    rules: [],
  });
  expect(correlation).toMatchObject({ [certainty]: 1 });
});

test.each([
  [
    'a stream that had delivered something',
    { status: 200, stream: true, closedBy: 'server', closedHow: 'reset', chunksOut: 0, eventsOut: 3 },
    'pass',
  ],
  ['a refusal', { status: 503 }, 'warn'],
] as const)('the same question in another body after %s is judged as that', (_what, how, verdict) => {
  const id = { logicalId: 'client-request-id:k', logicalIdFrom: 'client-request-id', certainty: 'exact', question: 'q' } as const;
  const entries = [
    { ...id, t_headers: 0, ...how, bodySha256: 'a', bodyShaCanonical: 'a' },
    { ...id, t_headers: 900, bodySha256: 'b', bodyShaCanonical: 'b' },
  ].map((part, at) => journalEntry({ seq: at + 1, attemptSeq: at + 1, status: 200, ...part }));
  const { findings } = judge(entries, { watchedUntil: 2_000, clientEndedAt: 2_000 }, policyOf(), {
    name: 't',
    seed: 1,
    rules: [],
  });
  expect(findings.find(({ rule }) => rule === 'same_body')?.verdict).toBe(verdict);
});

test('sessions that are not services of one scenario are no targets of each other', () => {
  const entries = [
    { ...primary, t_headers: 0, status: 400, errorCode: 'invalid_value', question: 'q' },
    { ...backup, t_headers: 50, question: 'q' },
  ].map((part, at) => journalEntry({ seq: at + 1, logicalId: `#${at}`, status: 200, ...part }));
  const { findings } = judge(entries, { watchedUntil: 2_000, clientEndedAt: 2_000 }, policyOf(), {
    name: 't',
    seed: 1,
    rules: [],
  });
  expect(findings.find(({ rule }) => rule === 'no_failover_on_bad_request')?.verdict).toBe('not_applicable');
});

test.each([
  ['with what was delivered', 18, 'pass'],
  ['with less than a character of each piece', 2, 'warn'],
  ['with more in its body, but from the beginning', null, 'warn'],
] as const)('a stream that broke off and is asked for again %s is judged as that', (_what, begunAnswer, verdict) => {
  const id = { logicalId: 'client-request-id:k', logicalIdFrom: 'client-request-id', certainty: 'exact', question: 'q' } as const;
  const broken = { status: 200, stream: true, closedBy: 'server', closedHow: 'reset', chunksOut: 3, eventsOut: 3 } as const;
  const again = { bodyBytes: 120, bodySha256: 'b', bodyShaCanonical: 'b', attemptSeq: 2, begunAnswer } as const;
  const parts: EntryParts[] = [
    { ...id, ...broken, t_headers: 0, bodyBytes: 81, attemptSeq: 1 },
    { ...id, ...again, t_headers: 900 },
  ];
  const found = finding('no_silent_replay', parts);
  expect(found?.verdict).toBe(verdict);
  if (verdict === 'pass') expect(found?.explain).toBe('1 stream was resumed behind what had been delivered');
});

describe('no_retry_permanent', () => {
  const refused = { status: 400, errorCode: 'context_length_exceeded', question: 'q', bodySha256: 'b' };
  const next = { t_headers: 100, question: 'q', bodySha256: 'b' };

  test('an equal request without a name to the same target may be a retry', () => {
    const found = finding('no_retry_permanent', [
      { ...primary, ...refused, logicalIdFrom: 'first' },
      { ...primary, ...next, logicalIdFrom: 'first' },
    ]);
    expect(found?.verdict).toBe('inconclusive');
  });

  test('one to another provider is none', () => {
    const found = finding('no_retry_permanent', [
      { ...primary, ...refused, logicalIdFrom: 'first' },
      { ...backup, ...next, logicalIdFrom: 'first' },
    ]);
    expect(found).toMatchObject({ verdict: 'pass', n: 1 });
  });
});
