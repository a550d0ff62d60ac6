import { describe, expect, test } from 'vitest';
import { applyFaults } from '../../../src/core/faults/bound-fault.ts';
import { boundFault, type FaultInput, faultNamed } from '../../../src/core/faults/registry.ts';
import { healthyReply } from '../../../src/core/openai/endpoints/healthy-reply.ts';
import { parseScenario } from '../../../src/core/scenario/parse.ts';
import type { Effect } from '../../../src/core/wire/effect.ts';
import { libraries } from '../../../src/libraries.ts';
import { apiRequest, plainSettings, replyContext } from '../../support/reply-context.ts';

const chat = (stream: boolean) => apiRequest({ body: { model: 'gpt-4o', stream, messages: [{ role: 'user', content: 'Hi' }] } });

/** What comes when, in milliseconds; of an endless reply the first entries. */
function timeline(faults: readonly FaultInput[], { stream = true, ttftMs = 0, entries = 12 } = {}): string[] {
  const calls = faults.flatMap((fault) =>
    Object.entries(fault).map(([name, params]) =>
      boundFault({ name, params: faultNamed(name).params.parse(params ?? undefined) }),
    ),
  );
  const context = replyContext({
    libraries,
    request: chat(stream),
    settings: {
      ...plainSettings,
      reply: { content: 'One.' },
      latency: { ...plainSettings.latency, ttft: { kind: 'constant', ms: ttftMs } },
    },
  });
  const seen: string[] = [];
  let at = 0;
  for (const effect of applyFaults(healthyReply(context), calls, context)) {
    if (effect.type === 'wait') at += effect.ms;
    else seen.push(`${at} ${wordFor(effect)}`);
    if (seen.length === entries) break;
  }
  return seen;
}

function wordFor(effect: Effect): string {
  if (effect.type !== 'write') return effect.type;
  return effect.event ?? (String(effect.data).startsWith('{') ? 'body' : JSON.stringify(effect.data));
}

const BEAT = '": keep-alive\\n\\n"';
const REST = (at: number) => [`${at} opening`, `${at} content`, `${at} content`, `${at} finish`, `${at} sentinel`, `${at} end`];

describe('latency', () => {
  test('with a heartbeat: the head at 0 s, comments at 1 s and 2 s, the first event at 3 s', () => {
    const expected = ['0 head', `1000 ${BEAT}`, `2000 ${BEAT}`, ...REST(3_000)];
    expect(timeline([{ latency: { for: '3s', heartbeat: { every: '1s' } } }])).toEqual(expected);
    expect(timeline([{ latency: { for: '3s', head: 'early', heartbeat: {} } }])).toEqual(expected);
  });

  test('with an early head waits behind it, also for what the scenario takes', () => {
    expect(timeline([{ latency: { for: '3s', head: 'early' } }], { ttftMs: 500 })).toEqual(['0 head', ...REST(3_500)]);
    expect(timeline([{ latency: '3s' }], { ttftMs: 500 })).toEqual(['3500 head', ...REST(3_500)]);
  });

  test('of an answer in one piece: the head may come early, signs of life would break the JSON', () => {
    expect(timeline([{ latency: { for: '3s', head: 'early' } }], { stream: false })).toEqual(['0 head', '3000 body', '3000 end']);
    expect(timeline([{ latency: { for: '3s', heartbeat: {} } }], { stream: false })).toEqual([
      '3000 head',
      '3000 body',
      '3000 end',
    ]);
  });

  test('varies behind an early head, too', () => {
    const [head, first = ''] = timeline([{ latency: { for: { min: '1s', max: '2s' }, head: 'early' } }]);
    expect(head).toBe('0 head');
    const at = Number.parseFloat(first);
    expect(at).toBeGreaterThanOrEqual(1_000);
    expect(at).toBeLessThanOrEqual(2_000);
  });
});

test.each([
  ['comment', ': ROUTER AT WORK\n\n'],
  ['data', 'data: ROUTER AT WORK\n\n'],
  ['event', 'event: ping\ndata: ROUTER AT WORK\n\n'],
] as const)('a text comes as %s', (as, sent) => {
  const [, beat] = timeline([{ latency: { for: '2s', heartbeat: { text: 'ROUTER AT WORK', as } } }]);
  expect(beat).toBe(`1000 ${JSON.stringify(sent)}`);
});

test('the broken form of a comment comes as data', () => {
  const [, beat] = timeline([{ latency: { for: '2s', heartbeat: { text: ': ROUTER AT WORK', as: 'data' } } }]);
  expect(beat).toBe(`1000 ${JSON.stringify('data: : ROUTER AT WORK\n\n')}`);
});

describe('stalled_stream', () => {
  test('sends signs of life in its silence, and goes on', () => {
    expect(timeline([{ stalled_stream: { after_chunks: 1, for: '2s', heartbeat: { every: '800ms' } } }])).toEqual([
      '0 head',
      '0 opening',
      '0 content',
      `800 ${BEAT}`,
      `1600 ${BEAT}`,
      '2000 content',
      '2000 finish',
      '2000 sentinel',
      '2000 end',
    ]);
  });

  test('with an early head stalls behind it where no chunk is to come before', () => {
    expect(timeline([{ stalled_stream: { after_chunks: 0, for: '3s', head: 'early' } }])).toEqual(['0 head', ...REST(3_000)]);
    expect(timeline([{ stalled_stream: { after_chunks: 0, for: '3s' } }]).slice(0, 3)).toEqual([
      '0 head',
      '0 opening',
      '3000 content',
    ]);
  });

  test('for good sends signs of life for ever', () => {
    const beats = timeline([{ stalled_stream: { after_chunks: 0, heartbeat: {} } }], { entries: 500 });
    expect(beats.at(-1)).toBe(`499000 ${BEAT}`);
  });
});

test('hang sends its head early, and signs of life, before it closes', () => {
  expect(timeline([{ hang: { head: 'early' } }])).toEqual(['0 head', '0 hang']);
  expect(timeline([{ hang: { for: '2s', heartbeat: {} } }])).toEqual(['0 head', `1000 ${BEAT}`, '2000 close']);
  expect(timeline([{ hang: { for: '2s', heartbeat: {} } }], { stream: false })).toEqual(['2000 close']);
});

test('slow_stream sends signs of life before each chunk, never within one that comes in pieces', () => {
  const slow = { slow_stream: { ttft: '1500ms', inter_token: '1500ms', heartbeat: {} } } as const;
  expect(timeline([slow])).toEqual([
    '0 head',
    `1000 ${BEAT}`,
    '1500 opening',
    `2500 ${BEAT}`,
    '3000 content',
    `4000 ${BEAT}`,
    '4500 content',
    '4500 finish',
    '4500 sentinel',
    '4500 end',
  ]);
  const inPieces = timeline([slow, { slow_body: { bytes: 30, every: '0ms' } }], { entries: 500 });
  const beats = inPieces.flatMap((entry, index) => (entry.endsWith(BEAT) ? [index] : []));
  expect(beats).toHaveLength(3);
  expect(beats.map((index) => inPieces[index - 1]?.split(' ')[1])).toEqual(['head', 'opening', 'content']);
});

test('a pause of nothing between signs of life is one of a millisecond', () => {
  expect(timeline([{ latency: { for: '3ms', heartbeat: { every: '0ms' } } }]).slice(0, 4)).toEqual([
    '0 head',
    `1 ${BEAT}`,
    `2 ${BEAT}`,
    '3 opening',
  ]);
});

test.each([
  ['{ latency: { for: 1s, heartbeat: { text: "two\\nlines" } } }', /heartbeat\.text.*is one line/],
  ['{ latency: { for: 1s, head: late } }', /head/],
  ['{ hang: { heartbeat: { evry: 1s } } }', /unknown key "evry". Did you mean "every"/],
])('check refuses %s', (fault, message) => {
  const { problems = [] } = parseScenario({ file: 'test', text: `rules:\n  - fault: ${fault}\n` }, libraries);
  expect(problems.map((problem) => `${problem.path} ${problem.message}`).join('\n')).toMatch(message);
});

test('check refuses signs of life in answers that are no streams', () => {
  const text = 'rules:\n  - { match: { stream: false }, fault: { latency: { for: 1s, heartbeat: {} } } }\n';
  const { problems = [] } = parseScenario({ file: 'test', text }, libraries);
  expect(problems.map((problem) => problem.message)).toEqual([
    'the heartbeat of latency never comes: the rule speaks of requests that do not stream',
  ]);
});
