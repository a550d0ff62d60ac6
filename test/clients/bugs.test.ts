import { expect, test } from 'vitest';
import { backoffRules, type RuleId } from '../../src/core/backoff/registry.ts';
import { judge } from '../../src/core/backoff/verdict/judge.ts';
import type { Verdict } from '../../src/core/backoff/verdict/verdict.ts';
import { policyOf } from '../../src/core/policy/policy-of.ts';
import { type EntryParts, journalEntry } from '../support/journal-entry.ts';
import { type Api, virtualWorld, type World } from '../support/virtual-world.ts';
import { answerBugs } from './bugs/answer-bugs.ts';
import { type Bug, twinOf } from './bugs/bug.ts';
import { bugs } from './bugs.ts';

/** What became of a client with a bug, and of its good twin. Each is played once. */
const played = { chat: new Map<Bug, Worlds>(), responses: new Map<Bug, Worlds>() };

interface Worlds {
  readonly bad: Promise<World>;
  readonly good: Promise<World>;
}

function worldsOf(bug: Bug, api: Api = 'chat'): Worlds {
  const { scenario, client, policy = {}, world = {} } = bug;
  const worlds = played[api].get(bug) ?? {
    bad: virtualWorld({ scenario, policy, client, api, ...world }),
    good: virtualWorld({ scenario, policy, client: twinOf(bug), api, ...world }),
  };
  played[api].set(bug, worlds);
  return worlds;
}

function verdictOn(id: string, { findings }: Verdict) {
  return findings.find(({ rule }) => rule === id)?.verdict;
}

function accusations({ findings }: Verdict): string {
  return JSON.stringify(
    findings.filter(({ verdict }) => verdict === 'fail' || verdict === 'warn'),
    null,
    1,
  );
}

/** What speaks of answers and their streams is also tried on the other API. */
const TRIED = [
  ...bugs.map((bug) => ({ ...bug, bug, api: 'chat' as Api })),
  ...answerBugs.map((bug) => ({ ...bug, bug, api: 'responses' as Api })),
];

test.each(TRIED)('$row, $api: a client that $symptom is accused of that, and of nothing else', async ({ bug, api }) => {
  const { accused, verdict } = await worldsOf(bug, api).bad;
  expect(accused, accusations(verdict)).toEqual({ fail: bug.fail ?? [], warn: bug.warn ?? [] });
  for (const id of bug.info ?? []) expect(verdictOn(id, verdict)).toBe('info');
  for (const { verdict: found, evidence, advice } of verdict.findings)
    if (found === 'fail') expect([evidence.length > 0, advice !== '']).toEqual([true, true]);
});

test.each(TRIED)('$row, $api: the good twin is accused of nothing', async ({ bug, api }) => {
  const { accused, verdict } = await worldsOf(bug, api).good;
  expect(accused, accusations(verdict)).toEqual({ fail: [], warn: [] });
});

const onBrokenConnection: EntryParts = {
  status: null,
  closedBy: 'server',
  closedHow: 'reset',
  t_firstByteBefore: null,
  bytesOut: 0,
  connReqSeq: 2,
};

/** Journals of what the virtual world does not have: connections that die in the pool. */
const journals: { readonly [Id in RuleId]?: { readonly bad: readonly EntryParts[]; readonly good: readonly EntryParts[] } } = {
  fresh_connection: {
    bad: [onBrokenConnection, { ...onBrokenConnection, t_headers: 500, connId: 2 }],
    good: [onBrokenConnection, { t_headers: 500, connId: 2 }],
  },
};

/** Journals of streams of HTTP/2 on which the rule has nothing to say against the client. */
const ON_STREAMS: readonly (readonly [RuleId, string, string, readonly EntryParts[]])[] = [
  [
    'fresh_connection',
    'a retry that another stream took with it, by the connection that they shared',
    'pass',
    [
      { ...onBrokenConnection, streamId: 3 },
      { ...onBrokenConnection, streamId: 5, t_headers: 500, connId: 2 },
    ],
  ],
  [
    'fresh_connection',
    'a stream that was reset, and a retry on the same connection',
    'not_applicable',
    [
      { ...onBrokenConnection, streamId: 3, closedHow: 'rst_stream', resetCode: 'internal_error' },
      { t_headers: 500, streamId: 5, connReqSeq: 3 },
    ],
  ],
  [
    'retries_refused_stream',
    'a stream that a network stack sent again at once',
    'pass',
    [
      { ...onBrokenConnection, streamId: 3, closedHow: 'rst_stream', resetCode: 'refused_stream' },
      { t_headers: 2, streamId: 5, connReqSeq: 3 },
    ],
  ],
  ['retries_refused_stream', 'a connection of HTTP/1.1 that broke', 'not_applicable', [onBrokenConnection]],
];

test.each(ON_STREAMS)('%s says of %s: %s', (id, _what, verdict, parts) => {
  expect(verdictOnJournal(id, parts)).toBe(verdict);
});

function verdictOnJournal(id: RuleId, parts: readonly EntryParts[] = []) {
  const entries = parts.map((part, at) => journalEntry({ seq: at + 1, attemptSeq: at + 1, ...part }));
  const end = Math.max(0, ...entries.map(({ t_end }) => t_end ?? 0));
  const around = { watchedUntil: end, clientEndedAt: end };
  return verdictOn(id, judge(entries, around, policyOf(), { name: 'test', seed: 1, rules: [] }));
}

test('connection_hygiene takes a connection that streams share for a reused one, and one for each stream for none', () => {
  const attempts = (each: (at: number) => EntryParts): EntryParts[] =>
    Array.from({ length: 24 }, (_, at) => ({ t_headers: at * 1_000, status: 500, streamId: 1, ...each(at) }));
  expect(
    verdictOnJournal(
      'connection_hygiene',
      attempts((at) => ({ streamId: 2 * at + 1, connReqSeq: at + 1 })),
    ),
  ).toBe('pass');
  expect(
    verdictOnJournal(
      'connection_hygiene',
      attempts((at) => ({ connId: at + 1 })),
    ),
  ).toBe('info');
});

/** Rules that never do more than tell. */
const TELLING: ReadonlySet<string> = new Set<RuleId>(['stalled_stream_noticed', 'cools_down_key', 'paces_on_headers']);

/** Rules whose bad clients and good twins have files of their own in test/core/backoff: half-tool-calls, long-silences, max-in-flight. */
const SHOWN_ELSEWHERE: ReadonlySet<string> = new Set<RuleId>([
  'half_tool_call_not_run',
  'heartbeats_do_not_fool',
  'bears_long_pauses',
  'max_in_flight',
]);
const shownHere = backoffRules.filter(({ id }) => !SHOWN_ELSEWHERE.has(id));

test.each(shownHere)('$id speaks against a client that breaks it, and passes its good twin', async ({ id }) => {
  const accusing = bugs.filter(({ fail = [], warn = [], info = [] }) => [...fail, ...warn, ...info].includes(id));
  const pairs = await Promise.all(
    accusing.map(async (bug) => {
      const { bad, good } = worldsOf(bug);
      return [verdictOn(id, (await bad).verdict), verdictOn(id, (await good).verdict)];
    }),
  );
  const { bad, good } = journals[id] ?? {};
  const shown = [...pairs, [verdictOnJournal(id, bad), verdictOnJournal(id, good)]];
  const wanted = TELLING.has(id) ? /^info, then pass$/ : /^(fail|warn), then pass$/;
  expect(shown.map((verdicts) => verdicts.join(', then '))).toContainEqual(expect.stringMatching(wanted));
});
